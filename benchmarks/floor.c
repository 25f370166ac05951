/*
 * The floor: the sequence of a whole-file write as bare system calls, with nothing around it.
 *
 *   floor LEVEL DIRECTORY FILES BYTES OPERATIONS
 *
 * LEVEL is process, file or directory. Replaces FILES files of BYTES bytes in turn, OPERATIONS times, and prints how many
 * nanoseconds each took, one to a line.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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

static void sync_directory(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(fd >= 0, "open directory");
  must(fsync(fd) == 0, "fsync directory");
  must(close(fd) == 0, "close directory");
}

static void replace(const char *target, const char *staged, const char *data, size_t bytes, int flush) {
  int fd = open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  must(fd >= 0, "open");
  for (size_t done = 0; done < bytes;) {
    ssize_t written = write(fd, data + done, bytes - done);
    must(written > 0, "write");
    done += (size_t)written;
  }
  if (flush) must(fsync(fd) == 0, "fsync");
  must(close(fd) == 0, "close");
  must(rename(staged, target) == 0, "rename");
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  const char *level = argv[1], *directory = argv[2];
  long files = atol(argv[3]), operations = atol(argv[5]);
  size_t bytes = (size_t)atol(argv[4]);
  int flush = strcmp(level, "process") != 0;
  int durable = strcmp(level, "directory") == 0;

  char *data = malloc(bytes);
  long long *times = malloc(sizeof *times * (size_t)operations);
  must(data != NULL && times != NULL, "malloc");
  memset(data, 'x', bytes);

  char target[4096], staged[4096];
  for (long i = 0; i < operations; i++) {
    snprintf(target, sizeof target, "%s/file-%ld", directory, i % files);
    snprintf(staged, sizeof staged, "%s/.file-%ld.floor", directory, i % files);
    long long start = now();
    replace(target, staged, data, bytes, flush);
    if (durable) sync_directory(directory);
    times[i] = now() - start;
  }
  for (long i = 0; i < operations; i++) printf("%lld\n", times[i]);
  return 0;
}
