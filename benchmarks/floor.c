/*
 * The floor: the sequence of a whole-file write as bare system calls, with nothing around it.
 *
 *   floor LEVEL DIRECTORY FILES BYTES OPERATIONS [THREADS [together]]
 *
 * LEVEL is process, file or directory. Replaces FILES files of BYTES bytes in turn, OPERATIONS times, and prints how many
 * nanoseconds each took, one to a line.
 *
 * With THREADS, so many threads replace all files, again and again, and one sync of the directory serves all files of a
 * pass: no program can sync it less often. With `together`, they first write all files of a pass, then flush all, then rename
 * all, so that as many flushes as there are threads are let go at once.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *directory;
static long files, operations, threads;
static size_t bytes;
static int flushes, syncs_directory, is_together;
static char *data;
static long long *times;

static void must(int ok, const char *what) {
  if (ok) return;
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sync_directory(void) {
  int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(fd >= 0, "open directory");
  must(fsync(fd) == 0, "fsync directory");
  must(close(fd) == 0, "close directory");
}

static int stage(long file) {
  char staged[4096];
  snprintf(staged, sizeof staged, "%s/.file-%ld.floor", directory, file);
  int fd = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  must(fd >= 0, "open");
  for (size_t done = 0; done < bytes;) {
    ssize_t written = write(fd, data + done, bytes - done);
    must(written > 0, "write");
    done += (size_t)written;
  }
  return fd;
}

static void complete(int fd) {
  if (flushes) must(fsync(fd) == 0, "fsync");
  must(close(fd) == 0, "close");
}

static void publish(long file) {
  char target[4096], staged[4096];
  snprintf(target, sizeof target, "%s/file-%ld", directory, file);
  snprintf(staged, sizeof staged, "%s/.file-%ld.floor", directory, file);
  must(rename(staged, target) == 0, "rename");
}

static void replace(long file) {
  complete(stage(file));
  publish(file);
}

static void replace_in_turn(void) {
  for (long i = 0; i < operations; i++) {
    long long start = now();
    replace(i % files);
    if (syncs_directory) sync_directory();
    times[i] = now() - start;
  }
}

static int *fds;
static atomic_long taken;
static pthread_barrier_t barrier;

/* Ends a part of a pass, in which the threads have taken one file after the other. */
static int is_first_after_all(void) {
  int is_first = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
  if (is_first) taken = 0;
  pthread_barrier_wait(&barrier);
  return is_first;
}

static void *replace_with_others(void *unused) {
  for (long pass = 0; pass < operations / files; pass++) {
    long long start = now();
    if (is_together) {
      for (long file; (file = taken++) < files;) fds[file] = stage(file);
      is_first_after_all();
      for (long file; (file = taken++) < files;) complete(fds[file]);
      is_first_after_all();
      for (long file; (file = taken++) < files;) publish(file);
    } else {
      for (long file; (file = taken++) < files;) replace(file);
    }
    if (is_first_after_all()) {
      if (syncs_directory) sync_directory();
      for (long file = 0; file < files; file++) times[pass * files + file] = (now() - start) / files;
    }
    pthread_barrier_wait(&barrier);
  }
  return unused;
}

static void replace_by_threads(void) {
  must(pthread_barrier_init(&barrier, NULL, (unsigned)threads) == 0, "pthread_barrier_init");
  pthread_t *others = malloc(sizeof *others * (size_t)threads);
  must(others != NULL, "malloc");
  for (long i = 0; i < threads; i++)
    must(pthread_create(&others[i], NULL, replace_with_others, NULL) == 0, "pthread_create");
  for (long i = 0; i < threads; i++) must(pthread_join(others[i], NULL) == 0, "pthread_join");
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  directory = argv[2];
  files = atol(argv[3]);
  bytes = (size_t)atol(argv[4]);
  operations = atol(argv[5]);
  threads = argc > 6 ? atol(argv[6]) : 0;
  is_together = argc > 7;
  flushes = strcmp(argv[1], "process") != 0;
  syncs_directory = strcmp(argv[1], "directory") == 0;

  data = malloc(bytes);
  times = malloc(sizeof *times * (size_t)operations);
  fds = malloc(sizeof *fds * (size_t)files);
  must(data != NULL && times != NULL && fds != NULL, "malloc");
  memset(data, 'x', bytes);

  if (threads > 0) replace_by_threads();
  else replace_in_turn();
  for (long i = 0; i < operations; i++) printf("%lld\n", times[i]);
  return 0;
}
