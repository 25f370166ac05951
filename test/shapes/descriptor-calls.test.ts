// Writes on a descriptor of a staged file: which of them have lost bytes.

import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { createFs } from '../../src/api';
import { codeOf } from '../../src/ground/errors';
import { type NodeFs, nodeFs } from '../../src/ground/node-fs';
import { FLAVOURS, type Flavour } from '../support/flavours';
import { useTemporaryDirectory } from '../support/temporary-directory';

type AnyFunction = (...args: unknown[]) => unknown;

/** A call and what follows the descriptor in it. */
type Write = readonly [name: 'write' | 'writev', ...args: unknown[]];

/** Makes writes on one descriptor of a file, and closes it. */
type Writer = (fs: NodeFs, path: string, writes: readonly Write[]) => Promise<void>;

const WRITERS: Readonly<Record<string, Writer>> = {
  'synchronous calls': (fs, path, writes) => writeWith(FLAVOURS[0]!, fs, path, writes),
  'callback calls': (fs, path, writes) => writeWith(FLAVOURS[1]!, fs, path, writes),
  async 'a FileHandle'(fs, path, writes) {
    const handle = await fs.promises.open(path, 'w');
    for (const [name, ...args] of writes) await (handle[name] as AnyFunction)(...args);
    await handle.close();
  },
};

async function writeWith(flavour: Flavour, ...[fs, path, writes]: Parameters<Writer>): Promise<void> {
  const fd = await flavour.call(fs, 'open', path, 'w');
  for (const [name, ...args] of writes) await flavour.call(fs, name, fd, ...args);
  await flavour.call(fs, 'close', fd);
}

describe('Writes on a descriptor of a staged file', () => {
  const at = useTemporaryDirectory();

  /** What the file holds afterwards, and the code of what failed. */
  async function outcomeOf(write: Writer, fs: NodeFs, writes: readonly Write[]): Promise<unknown> {
    writeFileSync(at('file'), 'old');
    const failed = await write(fs, at('file'), writes).then(() => undefined, codeOf);
    return { failed, content: readFileSync(at('file'), 'utf8') };
  }

  const LESS_THAN_THEY_LOOK: readonly Write[] = [
    ['write', 'aGVs\nbG8=', null, 'base64'],
    ['write', 'aGVs bG8', 0, 'BASE64URL'],
    ['write', '6162zz63', undefined, 'hex'],
    ['write', 'in UTF-8, for this is no encoding:', 'ucs2'],
  ];

  for (const [title, writer] of Object.entries(WRITERS)) {
    for (const write of LESS_THAN_THEY_LOOK) {
      it(`lose nothing of ${JSON.stringify(write.slice(1))}, through ${title}`, async () => {
        const ours = await outcomeOf(writer, createFs(undefined, { warn: false }), [write]);
        expect(ours).to.deep.equal(await outcomeOf(writer, nodeFs, [write]));
        expect(ours).to.have.property('failed', undefined);
      });
    }
  }
});
