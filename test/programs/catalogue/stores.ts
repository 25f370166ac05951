// Programs that keep something: databases, settings, sessions, locks, versions.

import type { Program } from '../program';

const lowdb: Program = {
  name: 'lowdb',
  kind: 'JSON database',
  packages: { lowdb: '7.0.1' },
  isModule: true,
  durability: 'durable',
  files: {
    'data/there.json': JSON.stringify({ posts: [{ id: 1 }], more: 'x'.repeat(10_000) }),
    'main.mjs': `
      import { readFileSync } from 'node:fs';
      import { JSONFilePreset, JSONFileSyncPreset, JSONFile } from 'lowdb/node';
      const there = await JSONFilePreset('data/there.json', { posts: [] });
      for (let id = 2; id < 30; id++) await there.update(({ posts }) => posts.push({ id }));
      delete there.data.more;
      await Promise.all(Array.from({ length: 50 }, (_, id) => there.update(({ posts }) => posts.push({ id }))));
      const made = JSONFileSyncPreset('data/made.json', { count: 0 });
      for (let count = 0; count < 20; count++) made.update((data) => data.count++);
      await new JSONFile('data/raw.json').write({ é: [null] });
      console.log(readFileSync('data/there.json', 'utf8').length, readFileSync('data/made.json', 'utf8'));`,
  },
  modes: { 'data/there.json': 0o600 },
  steps: [['./main.mjs'], ['./main.mjs']],
};

const nedb: Program = {
  name: '@seald-io/nedb',
  kind: 'append-only store that compacts',
  packages: { '@seald-io/nedb': '4.1.2' },
  isModule: false,
  durability: 'process',
  files: {
    'main.cjs': `
      const Datastore = require('@seald-io/nedb');
      (async () => {
        const db = new Datastore({ filename: 'data/numbers.db', modes: { fileMode: 0o600, dirMode: 0o755 } });
        await db.loadDatabaseAsync();
        await db.ensureIndexAsync({ fieldName: 'value' });
        console.log(await db.countAsync({}));
        for (let value = 0; value < 40; value++) await db.insertAsync({ value }).then(({ _id }) => db.removeAsync({ _id }));
        for (let value = 0; value < 40; value++) await db.updateAsync({ _id: 'n' + value }, { _id: 'n' + value, value: value * value }, { upsert: true });
        await db.compactDatafileAsync();
        await db.updateAsync({ value: { $gt: 100 } }, { $set: { large: true } }, { multi: true });
        console.log((await db.findAsync({ large: true })).length);
        await db.compactDatafileAsync();
      })();`,
  },
  steps: [['./main.cjs'], ['./main.cjs']],
};

const conf: Program = {
  name: 'conf',
  kind: 'settings store',
  packages: { conf: '15.1.0' },
  isModule: true,
  durability: 'consistent',
  files: {
    'main.mjs': `
      import Conf from 'conf';
      const plain = new Conf({ projectName: 'app', cwd: 'settings', schema: { size: { type: 'number' } } });
      const coded = new Conf({ projectName: 'app', cwd: 'settings', configName: 'other', fileExtension: 'txt', configFileMode: 0o600 });
      for (let size = 0; size < 20; size++) plain.set('size', size);
      coded.set({ unicorn: '🦄', deep: { er: [1] } });
      coded.delete('deep.er');
      console.log(plain.size, plain.store, coded.get('unicorn'));
      try { plain.set('size', 'large'); } catch ({ message }) { console.log(message); }`,
  },
  steps: [['./main.mjs'], ['./main.mjs']],
};

const sessions: Program = {
  name: 'session-file-store',
  kind: 'session store',
  packages: { 'session-file-store': '1.5.0', 'express-session': '1.19.0' },
  isModule: false,
  durability: 'durable',
  files: {
    'main.cjs': `
      const http = require('http');
      const session = require('express-session');
      const FileStore = require('session-file-store')(session);
      let made = 0;
      const store = new FileStore({ path: 'sessions', logFn() {}, reapInterval: -1 });
      const middleware = session({
        store, secret: 'secret', resave: true, saveUninitialized: true, genid: () => 'session-' + ++made,
      });
      const server = http.createServer((request, response) => middleware(request, response, () => {
        request.session.views = (request.session.views ?? 0) + 1;
        if (request.url === '/bye') request.session.destroy(() => response.end('bye'));
        else response.end(String(request.session.views));
      }));
      server.listen(0, '127.0.0.1', async () => {
        const base = 'http://127.0.0.1:' + server.address().port;
        const visit = async (path, cookie) => {
          const answer = await fetch(base + path, { headers: cookie ? { cookie } : {} });
          console.log(path, await answer.text());
          return answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
        };
        let first = await visit('/');
        for (let time = 0; time < 10; time++) first = await visit('/', first);
                const second = await visit('/');
        await visit('/bye', second);
        store.list((error, files) => console.log(error, files));
        server.closeAllConnections();
        server.close();
      });`,
  },
  steps: [['./main.cjs']],
  varies: [{ where: /^sessions\//, what: /"__lastAccess":\d+/, why: 'a session has the time of its last visit' }],
};

const properLockfile: Program = {
  name: 'proper-lockfile',
  kind: 'lock library',
  packages: { 'proper-lockfile': '4.1.2', 'lockfile': '1.0.4' },
  isModule: false,
  durability: 'process',
  files: {
    'state.json': '{"count":0}',
    'main.cjs': `
      const fs = require('fs');
      const { fork } = require('child_process');
      const { promisify } = require('util');
      const proper = require('proper-lockfile');
      const lockfile = require('lockfile');
      const count = async () => {
        for (let time = 0; time < 15; time++) {
          const release = await proper.lock('state.json', { retries: { retries: 500, factor: 1, minTimeout: 5, maxTimeout: 5 } });
          fs.writeFileSync('state.json', JSON.stringify({ count: JSON.parse(fs.readFileSync('state.json', 'utf8')).count + 1 }));
          await release();
          await promisify(lockfile.lock)('other.lock', { wait: 20_000, pollPeriod: 5 });
          const fd = fs.openSync('other.json', 'w');
          fs.writeSync(fd, fs.readFileSync('state.json'));
          fs.closeSync(fd);
          await promisify(lockfile.unlock)('other.lock');
        }
      };
      if (process.argv[2]) count();
      else Promise.all(['a', 'b', 'c'].map((name) => new Promise((done) => fork(__filename, [name]).on('exit', done)))).then(async (codes) => {
        console.log(codes, fs.readFileSync('state.json', 'utf8'), fs.readdirSync('.'));
        const release = proper.lockSync('state.json');
        lockfile.lockSync('left.lock');
        try { lockfile.lockSync('left.lock'); } catch ({ code }) { console.log(code); }
        try { proper.lockSync('state.json'); } catch ({ code }) { console.log(code); }
        fs.copyFileSync('state.json', 'copy.json');
        release();
      });`,
  },
  steps: [['./main.cjs']],
};

const nodePersist: Program = {
  name: 'node-persist',
  kind: 'local storage with expiry',
  packages: { 'node-persist': '4.0.4' },
  isModule: false,
  durability: 'durable',
  files: {
    'main.cjs': `
      const storage = require('node-persist');
      (async () => {
        await storage.init({ dir: 'storage', expiredInterval: 0 });
        console.log(await storage.keys());
        await Promise.all(Array.from({ length: 30 }, (_, index) => storage.setItem('key ' + (index % 10), { index })));
        await storage.updateItem('key 3', 'updated');
        await storage.removeItem('key 4');
        console.log(await storage.getItem('key 3'), (await storage.keys()).toSorted());
      })();`,
  },
  steps: [['./main.cjs'], ['./main.cjs']],
};

const git: Program = {
  name: 'isomorphic-git',
  kind: 'version control',
  packages: { 'isomorphic-git': '1.44.11' },
  isModule: true,
  durability: 'process',
  files: {
    'a.txt': 'text a',
    'deep/b.txt': 'text b',
    'tool.sh': '#!/bin/sh\n',
    'link': '-> a.txt',
    'main.mjs': `
      import fs from 'node:fs';
      import git from 'isomorphic-git';
      const dir = '.';
      const author = { name: 'A', email: 'a@b.c', timestamp: 1_600_000_000, timezoneOffset: 0 };
      const commit = (message) => git.commit({ fs, dir, message, author });
      await git.init({ fs, dir, defaultBranch: 'main' });
      for (const filepath of ['a.txt', 'deep/b.txt', 'tool.sh', 'link']) await git.add({ fs, dir, filepath });
      console.log(await commit('first'));
      await git.branch({ fs, dir, ref: 'other', checkout: true });
      fs.writeFileSync('a.txt', 'changed');
      fs.writeFileSync('c.txt', 'added');
      await git.add({ fs, dir, filepath: ['a.txt', 'c.txt'] });
      await git.remove({ fs, dir, filepath: 'deep/b.txt' });
      fs.unlinkSync('deep/b.txt');
      console.log(await commit('second'));
      await git.checkout({ fs, dir, ref: 'main' });
      console.log(fs.readFileSync('a.txt', 'utf8'), fs.readdirSync('.'));
      await git.merge({ fs, dir, ours: 'main', theirs: 'other', author });
      await git.checkout({ fs, dir, ref: 'main' });
      await git.setConfig({ fs, dir, path: 'user.name', value: 'é' });
      await git.packObjects({ fs, dir, oids: (await git.log({ fs, dir })).map(({ oid }) => oid), write: true });
      console.log((await git.statusMatrix({ fs, dir })).map((row) => row.join()));`,
  },
  modes: { 'tool.sh': 0o755 },
  steps: [['./main.mjs']],
  varies: [{ where: /^\.git\/index$/, what: /^.*$/s, why: 'the index has inode numbers and times in it' }],
};

export const STORES: readonly Program[] = [lowdb, nedb, conf, sessions, properLockfile, nodePersist, git];
