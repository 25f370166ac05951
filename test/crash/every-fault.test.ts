// What the README says of failures, for every way to write a file: the old content stays, nothing is left behind, and the
// error is node's own, naming the caller's file.

import { expect } from 'chai';
import { createFs } from '../../src/api';
import { codeOf } from '../../src/ground/errors';
import type { NodeFs } from '../../src/ground/node-fs';
import { type CheckContext, sweepFaults } from '../../src/testing';
import { NEW, OLD, TARGET, WRITES } from './writes';

const DIED = 'ERR_INTACT_CRASHED';

describe('Every call failing once, in every way', function () {
  this.timeout(120_000);

  for (const { name, write, createsOnly, setup } of WRITES) {
    for (const before of createsOnly ? [undefined] : [undefined, OLD]) {
      it(`leaves ${before === undefined ? 'no file' : 'the old file'} or the new one: ${name}`, async () => {
        const report = await sweepFaults({
          lengthsPerCall: 12,
          setup(fs) {
            fs.mkdirSync('/app');
            if (before !== undefined) fs.writeFileSync(TARGET, before);
            setup?.(fs);
          },
          async workload(fs, { ack }) {
            await write(createFs(fs, { warn: false }));
            ack('saved');
          },
          check: (fs, context) => checkAfter(fs, context, before),
        });
        expect(report.violations, String(report)).to.have.length(0);
        expect(report.crashStates).to.be.greaterThan(40);
      });
    }
  }
});

function checkAfter(
  fs: NodeFs,
  { acked, error, fault = '', leftOpen = [] }: CheckContext,
  before: string | undefined,
): void {
  const content = fs.existsSync(TARGET) ? fs.readFileSync(TARGET, 'utf8') : undefined;
  const isPublished = (error as { published?: boolean } | undefined)?.published === true;
  if (content !== NEW && (acked('saved') || isPublished)) throw new Error('reported as written, and is not');
  if (content !== NEW && content !== before) throw new Error(`torn: ${content?.length} bytes`);
  if (codeOf(error) === DIED || fault.endsWith('.crash()')) return;
  checkError(error);
  // Whoever cannot remove a file or close a descriptor cannot be asked to leave none.
  const names = fs.readdirSync('/app').filter((name) => name.endsWith('.intact'));
  if (names.length > 0 && !fault.startsWith("fail('unlink')")) throw new Error(`left behind: ${names.join()}`);
  if (leftOpen.length > 0 && !fault.startsWith("fail('close')")) throw new Error(`left open: ${leftOpen.join()}`);
}

function checkError(error: unknown): void {
  if (error === undefined) return;
  const { message, path = '' } = error as Error & { path?: string };
  if (message.includes('.intact') || path.includes('.intact')) throw new Error(`names the staged file: ${message}`);
  if (!/^E[A-Z0-9]+$/.test(codeOf(error))) throw new Error(`no error of node's: ${message}`);
}
