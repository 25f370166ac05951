// The lab itself: breaking the protocol on purpose must be found, and as what it is.

import { expect } from 'chai';
import type { NodeFs } from '../../src/ground/node-fs';
import { type ExploreOptions, type Report, type SweepFaultsOptions, explore, sweepFaults } from '../../src/testing';
import { type Edit, withMutant } from './mutants';
import { NEW, OLD, TARGET } from './writes';

const QUIET = { warn: false };

type CreateFs = Parameters<Parameters<typeof withMutant>[1]>[0];

/** One protocol, and two texts that it is run from: see scripts/synchronous-forms.mjs. */
const WRITES = {
  'writeFileSync': (fs) => fs.writeFileSync(TARGET, NEW),
  'promises.writeFile': (fs) => fs.promises.writeFile(TARGET, NEW),
} as const satisfies Record<string, Write>;

type Write = (fs: NodeFs) => void | Promise<void>;

interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** What is run on it, and what the first violation says. */
  readonly hunt: (createFs: CreateFs, write: Write) => Promise<Report>;
  readonly finds: RegExp;
}

/** Gives a function another body; its own is kept under another name. */
function instead(file: string, head: string, body: string): Edit {
  return { file, from: head, to: `${head} ${body} } ${head.replace('function* ', 'function* replaced_')}` };
}

const MUTANTS: readonly Mutant[] = [
  {
    name: 'no fsync of the file',
    edits: [
      { file: 'protocol/stage.js', from: "(treatment.durability === 'process' && !isForCaller)", to: '!isForCaller' },
    ],
    hunt: (createFs, write) => crash((fs) => write(createFs(fs, QUIET))),
    finds: /torn: 0 bytes|torn: 1\d+ bytes/,
  },
  {
    name: 'no fsync of the directory',
    edits: [{ file: 'protocol/commit.js', from: "if (stage.treatment.durability === 'durable')", to: 'if (false)' }],
    hunt: (createFs, write) => crash((fs) => write(createFs(fs, QUIET))),
    finds: /lost an acknowledged write/,
  },
  {
    name: 'the file is flushed after the rename',
    edits: [
      instead(
        'protocol/commit.js',
        'function* commit(stage, flush, isClosing) {',
        'yield* (0, publish_1.publish)(stage); yield* (0, stage_1.flushStage)(stage, flush);' +
          'yield* (0, stage_1.closeStage)(stage); yield* makeNamesDurable(stage);',
      ),
    ],
    hunt: (createFs, write) => crash((fs) => write(createFs(fs, QUIET))),
    finds: /torn/,
  },
  {
    name: 'the mode is set after the flush',
    edits: [
      {
        file: 'protocol/stage.js',
        from: 'return modeLike(ancestor, request.publishBy) & permissionsOfTheSame(ancestor, request.target);',
        to: 'return 0o666;',
      },
      { file: 'protocol/stage.js', from: 'yield* (0, step_1.fchmod)(fd, mode & 0o7777);', to: '' },
      {
        file: 'protocol/commit.js',
        from: '(stage, flush);',
        to: '(stage, flush); yield* require("../steps/step").fchmod(stage.fd, stage.target.existing.mode & 0o7777);',
      },
    ],
    hunt: (createFs, write) => crash((fs) => write(createFs(fs, QUIET))),
    finds: /mode 644/,
  },
  {
    name: 'the target is unlinked before the rename',
    edits: [
      {
        file: 'protocol/publish.js',
        from: 'try {\n        yield* (0, step_1.rename)(name.stagedPath, name.path);',
        to: 'try { yield* (0, stage_1.removeIfThere)(name.path); yield* (0, step_1.rename)(name.stagedPath, name.path);',
      },
    ],
    hunt: (createFs, write) => crash((fs) => write(createFs(fs, QUIET))),
    finds: /torn: nothing there/,
  },
  {
    name: 'write is not repeated when it was short',
    edits: [
      { file: 'protocol/content.js', from: 'offset += written;', to: 'offset = bytes.byteLength;' },
      { file: 'protocol/content.js', from: 'if (written < Buffer.byteLength(text))', to: 'if (false)' },
    ],
    hunt: (createFs, write) => faults((fs) => write(createFs(fs, QUIET))),
    finds: /fail\('write'\).*short.*torn/,
  },
  {
    name: 'an fsync that failed is tried again',
    edits: [
      {
        file: 'protocol/stage.js',
        from: 'fsyncByName(stagedPathOf(stage)) : (0, step_1.fsync)(fd);',
        to:
          'undefined : (function* (fd) {' +
          'try { yield* (0, step_1.fsync)(fd); } catch { yield* (0, step_1.fsync)(fd); } })(fd);',
      },
    ],
    hunt: (createFs, write) => faults((fs) => write(createFs(fs, QUIET))),
    finds: /fail\('fsync'\).*losing.*torn/,
  },
  {
    name: 'a failed write is published all the same',
    edits: [
      {
        file: 'protocol/replace-file.js',
        from: /yield\* completion\.fill\(stage, stage\.fd\);/,
        to: 'try { yield* completion.fill(stage, stage.fd); } catch {}',
      },
    ],
    hunt: (createFs, write) => faults((fs) => write(createFs(fs, QUIET))),
    finds: /fail\('write'\).*torn/,
  },
  {
    name: 'a failed rename goes unreported',
    edits: [
      {
        file: 'protocol/publish.js',
        from: /if \(reason === undefined \|\| !isReplacing\)\s+throw error;/,
        to: 'if (reason === undefined) return undefined;',
      },
    ],
    hunt: (createFs, write) => faults((fs) => write(createFs(fs, QUIET))),
    finds: /fail\('rename'\).*lost/,
  },
  {
    name: 'a failed directory sync goes unreported',
    edits: [
      {
        file: 'protocol/commit.js',
        from: "throw stage.state === 'published' ? (0, errors_1.asPublished)(error) : error;",
        to: "if (stage.state !== 'published') throw error;",
      },
    ],
    hunt: (createFs, write) =>
      faults(
        (fs) => write(createFs(fs, QUIET)),
        ({ error }, fault) => {
          if (/fsync/.test(fault) && error === undefined) throw new Error('reported as durable');
        },
      ),
    finds: /reported as durable/,
  },
  {
    name: 'the staged file of a failed write is left behind',
    edits: [{ file: 'protocol/replace-file.js', from: 'yield* (0, stage_1.discardStage)(stage);', to: '' }],
    hunt: (createFs, write) => faults((fs) => write(createFs(fs, QUIET))),
    finds: /left behind|left open/,
  },
  {
    name: 'a directory that was just made is not synced into its own',
    edits: [
      {
        file: 'protocol/directories.js',
        from: 'if (this.#isNoneFresh && names.length === 1)',
        to: 'if (names.length === 1)',
      },
    ],
    hunt: (createFs, write) =>
      explore({
        async workload(plain, { ack }) {
          const fs = createFs(plain, QUIET);
          fs.mkdirSync('/app');
          await write(fs);
          ack('saved');
        },
        check(fs, { acked }) {
          if (acked('saved') && !fs.existsSync(TARGET)) throw new Error('lost an acknowledged write');
        },
      }),
    finds: /lost an acknowledged write/,
  },
  {
    name: 'in place: no redo record',
    edits: [
      { file: 'protocol/in-place.js', from: 'isNamed && (yield* record(stage, staged, old, landing))', to: 'false' },
    ],
    hunt: inPlace,
    finds: /torn/,
  },
  {
    name: "in place: the record's name is not synced before the copy",
    edits: [
      {
        file: 'protocol/in-place.js',
        from: /landing\.record = path;\s+if \(isFlushing\(stage\)\)/,
        to: 'landing.record = path; if (false)',
      },
    ],
    hunt: inPlace,
    finds: /torn/,
  },
  {
    name: 'in place: the record is removed before the copy is flushed',
    edits: [
      {
        file: 'protocol/in-place.js',
        from: /if \(isFlushing\(stage\)\)\s+yield\* \(0, step_1\.fsync\)\(target\);/,
        to: '',
      },
    ],
    hunt: inPlace,
    finds: /torn/,
  },
  {
    name: 'in place: the sweep removes records without finishing them',
    edits: [
      {
        file: 'protocol/leftovers.js',
        from: 'yield* (0, in_place_1.finishRedo)(directory, name, redo);',
        to: '',
      },
    ],
    hunt: inPlace,
    finds: /torn/,
  },
  {
    name: 'in place: the sweep removes the record before it has flushed the copy',
    edits: [
      {
        file: 'protocol/in-place.js',
        from: /yield\* copyContent\(source, target, redo\.size, found\.size, \(\) => \{ \}, undefined\);\s+yield\* \(0, step_1\.fsync\)\(target\);/,
        to: 'yield* copyContent(source, target, redo.size, found.size, () => { }, undefined);',
      },
    ],
    hunt: inPlace,
    finds: /torn/,
  },
];

describe('The lab finds a protocol', function () {
  this.timeout(60_000);

  for (const [call, write] of Object.entries(WRITES)) {
    for (const { name, edits, hunt, finds } of MUTANTS) {
      it(`in which ${name}, by ${call}`, async () => {
        await withMutant(edits, async (createFs) => {
          const report = await hunt(createFs, write);
          expect(report.violations, String(report)).to.not.have.length(0);
          expect(
            report.violations.map(({ fault, message }) => `${fault?.text ?? ''}: ${message}`).join('\n'),
            String(report),
          ).to.match(finds);
        });
      });
    }

    it(`to be whole where nothing is broken, by the same hunts with ${call}`, async () => {
      await withMutant([], async (createFs) => {
        for (const { hunt, name } of MUTANTS) {
          const report = await hunt(createFs, write);
          expect(report.violations, `${name}\n${String(report)}`).to.have.length(0);
        }
      });
    });
  }
});

function crash(write: Write, more: Partial<ExploreOptions> = {}): Promise<Report> {
  return explore({
    setup,
    async workload(fs, { ack }) {
      await write(fs);
      ack('saved');
    },
    check(fs, { acked }) {
      checkContent(fs, acked('saved'));
      const mode = fs.statSync(TARGET).mode & 0o777;
      if (mode !== 0o600) throw new Error(`mode ${mode.toString(8)}`);
    },
    ...more,
  });
}

function inPlace(createFs: CreateFs, write: Write): Promise<Report> {
  return explore({
    setup(fs) {
      setup(fs);
      fs.linkSync(TARGET, '/app/other');
    },
    async workload(plain, { ack }) {
      await write(createFs(plain, QUIET));
      ack('saved');
    },
    recover: (plain) => createFs(plain, QUIET).writeFileSync('/app/touch', ''),
    check: (fs, { acked }) => checkContent(fs, acked('saved')),
  });
}

type FaultContext = Parameters<SweepFaultsOptions['check']>[1];

function faults(write: Write, alsoCheck: (context: FaultContext, fault: string) => void = () => {}): Promise<Report> {
  return sweepFaults({
    setup,
    lengthsPerCall: 16,
    async workload(fs, { ack }) {
      await write(fs);
      ack('saved');
    },
    check(fs, context) {
      checkContent(fs, context.acked('saved'));
      if ((context.error as { code?: string } | undefined)?.code === 'ERR_INTACT_CRASHED') return;
      alsoCheck(context, context.fault ?? '');
      const behind = fs.readdirSync('/app').filter((name) => name !== 'config.json');
      if (behind.length > 0 && !/unlink/.test(context.fault ?? '')) throw new Error(`left behind: ${behind.join()}`);
      if (context.leftOpen!.length > 0 && !/close/.test(context.fault ?? '')) throw new Error('left open');
    },
  });
}

function setup(fs: NodeFs): void {
  fs.mkdirSync('/app');
  fs.writeFileSync(TARGET, OLD, { mode: 0o600 });
}

function checkContent(fs: NodeFs, isAcked: boolean): void {
  const content = fs.existsSync(TARGET) ? fs.readFileSync(TARGET, 'utf8') : undefined;
  if (content === NEW) return;
  if (content !== OLD) throw new Error(content === undefined ? 'torn: nothing there' : `torn: ${content.length} bytes`);
  if (isAcked) throw new Error('lost an acknowledged write');
}
