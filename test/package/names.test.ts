// The names of the fs-shaped entries, beside those of node.

import { expect } from 'chai';
import { PACKAGE, runNode } from '../support/child';
import type { EntryReport, NameReport } from './names-report';

const ENTRIES = [
  { entry: 'fs-intact', native: 'node:fs', replaced: ['writeFileSync', 'open', 'createWriteStream', 'promises'] },
  { entry: 'fs-intact/promises', native: 'node:fs/promises', replaced: ['writeFile', 'open', 'copyFile'] },
];

for (const { entry, native, replaced } of ENTRIES) {
  describe(entry, () => {
    let report: EntryReport;

    before(async () => {
      // Every name is read, deprecated ones too.
      const nodeArguments = ['--no-deprecation'];
      const child = await runNode([require.resolve('./names-report'), entry, native], { hook: false, nodeArguments });
      expect(child).to.include({ code: 0, stderr: '' });
      report = JSON.parse(child.stdout) as EntryReport;
    });

    /** The names that can be imported, of which something holds. */
    function namesThat(holds: (report: NameReport) => boolean): string[] {
      return report.names.filter((found) => found.isEnumerable && holds(found)).map(({ name }) => name);
    }

    it(`has every name of ${native}, hidden ones too, and no other`, () => {
      const different = report.names.filter(({ kinds: [ours, nodes] }) => ours !== nodes);
      expect(different).to.deep.equal([]);
      expect(report.extra).to.deep.equal([]);
    });

    it('keeps the name and the length of each function', () => {
      expect(report.names.filter(({ dress: [ours, nodes] }) => ours !== nodes)).to.deep.equal([]);
    });

    it('replaces what writes', () => {
      expect(namesThat(({ isNodes }) => !isNodes)).to.include.members(replaced);
    });

    it('gives ES modules the same names as node does', () => {
      expect(report.moduleNames).to.deep.equal(report.nodeModuleNames);
    });

    it('gives ES modules and CommonJS the very same things, replaced or not', () => {
      expect(namesThat(({ isSameInModule }) => !isSameInModule)).to.deep.equal([]);
    });

    it('can be imported by each name', async () => {
      const names = namesThat(({ name }) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== 'default');
      const program = `
        import ours, { ${names.join(', ')} } from '${entry}';
        const wrong = Object.entries({ ${names.join(', ')} }).filter(([name, value]) => value !== ours[name]);
        console.log(wrong.map(([name]) => name).join(' '));`;
      const child = await runNode(['--input-type=module', '-e', program], { hook: false, cwd: PACKAGE });
      expect(child).to.include({ code: 0, stdout: '\n', stderr: '' });
      expect(names).to.have.length.greaterThan(20);
    });
  });
}

for (const entry of ['fs-intact/api', 'fs-intact/testing', 'fs-intact/testing/chai']) {
  describe(entry, () => {
    it('gives ES modules and CommonJS the very same things, by the same names', async () => {
      const program = `
        import { createRequire } from 'node:module';
        import * as module from '${entry}';
        const { __esModule, ...required } = createRequire(import.meta.url)('${entry}');
        const names = new Set([...Object.keys(module), ...Object.keys(required)]);
        const wrong = [...names].filter((name) => module[name] === undefined || module[name] !== required[name]);
        console.log(JSON.stringify({ names: names.size, wrong }));`;
      const child = await runNode(['--input-type=module', '-e', program], { hook: false, cwd: PACKAGE });
      expect(child).to.include({ code: 0, stderr: '' });
      const { names, wrong } = JSON.parse(child.stdout) as { names: number; wrong: string[] };
      expect(wrong).to.deep.equal([]);
      expect(names).to.be.greaterThan(0);
    });
  });
}

describe('fs-intact and fs-intact/promises', () => {
  it('share one promises object', async () => {
    const program = "console.log(require('fs-intact').promises === require('fs-intact/promises'))";
    const child = await runNode(['-e', program], { hook: false, cwd: PACKAGE });
    expect(child).to.include({ code: 0, stdout: 'true\n' });
  });
});
