// Several that write one file at once: each opens it by itself, and none may cost another what it was told is written.

import { expect } from 'chai';
import { once } from 'node:events';
import * as nodeFs from 'node:fs';
import { setImmediate as oneTurn } from 'node:timers/promises';
import { createFs } from '../../src/api';
import { stagedIn, useTemporaryDirectory } from '../support/temporary-directory';

type Fs = typeof nodeFs;

/** How a file is met. A file of two names keeps its inode. */
const KINDS: Readonly<Record<string, (path: string) => void>> = {
  'a file': (path) => nodeFs.writeFileSync(path, 'old'),
  'a file of two names'(path) {
    nodeFs.writeFileSync(path, 'old');
    nodeFs.linkSync(path, `${path}.second`);
  },
};

describe('a file that several write', () => {
  const at = useTemporaryDirectory();
  const fs: Fs = createFs(nodeFs, { warn: false });

  const read = (): string => nodeFs.readFileSync(at('f'), 'utf8');

  function descriptors(): number {
    return nodeFs.readdirSync('/proc/self/fd').length;
  }

  for (const [kind, make] of Object.entries(KINDS)) {
    describe(kind, () => {
      beforeEach(() => make(at('f')));

      it('keeps what a writer was told is written when a stream gives up', async () => {
        const others: Readonly<Record<string, (path: string) => unknown>> = {
          'promises.writeFile': (path) => fs.promises.writeFile(path, 'new'),
          'writeFileSync': (path) => fs.writeFileSync(path, 'new'),
          'appendFileSync': (path) => fs.appendFileSync(path, 'new'),
          'openSync'(path) {
            const fd = fs.openSync(path, 'w');
            fs.writeSync(fd, 'new');
            fs.closeSync(fd);
          },
          'openSync r+'(path) {
            const fd = fs.openSync(path, 'r+');
            fs.writeSync(fd, 'new');
            fs.closeSync(fd);
          },
          'copyFileSync'(path) {
            nodeFs.writeFileSync(at('source'), 'new');
            fs.copyFileSync(at('source'), path);
          },
        };
        for (const [title, write] of Object.entries(others)) {
          const stream = fs.createWriteStream(at('f'));
          await once(stream, 'open');
          await write(at('f'));
          stream.destroy();
          await once(stream, 'close');
          expect(read(), title).to.equal('new');
        }
      });

      it('keeps what is written after a stream gives up', async () => {
        const stream = fs.createWriteStream(at('f'));
        await once(stream, 'open');
        const handle = await fs.promises.open(at('f'), 'w');
        stream.destroy();
        await once(stream, 'close');
        await handle.writeFile('new');
        await handle.close();
        expect(read()).to.equal('new');
      });

      it('keeps the old content when all streams give up', async () => {
        const streams = [fs.createWriteStream(at('f')), fs.createWriteStream(at('f'))];
        for (const stream of streams) await new Promise((resolve) => stream.write('new', resolve));
        for (const stream of streams) {
          stream.destroy();
          await once(stream, 'close');
        }
        expect(read()).to.equal('old');
      });

      it('lets two streams finish', async () => {
        for (let n = 0; n < 20; n++) {
          const first = fs.createWriteStream(at('f'));
          await once(first, 'open');
          const second = fs.createWriteStream(at('f'));
          await once(second, 'open');
          first.end('new');
          second.end('new');
          await Promise.all([first, second].map((stream) => once(stream, 'close')));
          expect(read()).to.equal('new');
        }
        expect(stagedIn(at())).to.deep.equal([]);
      });

      it('may be closed at any moment of the end of a stream that does not close it', async () => {
        for (let moment = 0; moment < 20; moment++) {
          const stream = fs.createWriteStream(at('f'), { autoClose: false });
          const [fd] = (await once(stream, 'open')) as [number];
          const ended = once(stream, 'finish');
          stream.end('new');
          // Before, node's own stream would write to a descriptor that is closed.
          while (stream.bytesWritten < 3) await oneTurn();
          for (let turn = 0; turn < moment; turn++) await oneTurn();
          fs.closeSync(fd);
          await ended;
          expect(read()).to.equal('new');
          nodeFs.writeFileSync(at('f'), 'old');
        }
      });

      it('is whole when it is opened again while its last descriptor is closed', async () => {
        const before = descriptors();
        for (let n = 0; n < 20; n++) {
          const first = await fs.promises.open(at('f'), 'w');
          await first.write('first');
          const opening = fs.promises.open(at('f'), 'w');
          await first.close();
          expect(read()).to.be.oneOf(['old', 'first', 'second']);
          const second = await opening;
          expect(read()).to.be.oneOf(['old', 'first', 'second']);
          await second.write('second');
          await second.close();
          expect(read()).to.equal('second');
        }
        expect(stagedIn(at())).to.deep.equal([]);
        expect(descriptors()).to.equal(before);
      });

      it('has no descriptor of its own closed by number that is a handle', async () => {
        const opened: nodeFs.promises.FileHandle[] = [];
        const promises = {
          ...nodeFs.promises,
          async open(...args: Parameters<typeof nodeFs.promises.open>) {
            const handle = await nodeFs.promises.open(...args);
            opened.push(handle);
            return handle;
          },
        };
        const watched: Fs = createFs({ ...nodeFs, promises }, { warn: false });
        const handle = await watched.promises.open(at('f'), 'w');
        const stream = handle.createWriteStream();
        stream.end('new');
        await once(stream, 'close');
        const [first, second] = [await watched.promises.open(at('f'), 'w'), await watched.promises.open(at('f'), 'w')];
        await second.write('newer');
        await first.close();
        await second.close();
        await oneTurn();
        expect(opened.map(({ fd }) => fd)).to.deep.equal(opened.map(() => -1));
        expect(read()).to.equal('newer');
      });
    });
  }
});
