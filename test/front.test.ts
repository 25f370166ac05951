// What stands in fs under a patch, before anything behind it is loaded.

import { expect } from 'chai';
import { frontFor } from '../src/front';
import { nodeFs } from '../src/ground/node-fs';
import { replacementsFor } from '../src/intact-fs';
import { NOTES } from '../src/shapes/descriptor-calls';
import { completeSettings } from '../src/settings/settings';
import { contextOf } from '../src/volumes';

describe('the front', () => {
  const settings = completeSettings([]);
  const replacements = replacementsFor(contextOf(nodeFs, () => settings));
  let loads = 0;
  const front = frontFor(
    () => undefined,
    () => {
      loads++;
      return {
        replacement: (part, name) => replacements[part][name]!,
        view: { isEmpty: true },
        areNamesFree: () => true,
        openFiles: new Map(),
        notes: NOTES,
      };
    },
  );

  for (const part of ['fs', 'promises'] as const) {
    it(`has a function for every one in ${part} that is replaced, and no other`, () => {
      expect([...front[part].keys()].toSorted()).to.deep.equal(Object.keys(replacements[part]).toSorted());
    });

    it(`has the names and lengths of those in ${part}`, () => {
      const dress = (functions: Iterable<[key: string, { readonly name: string; readonly length: number }]>): unknown =>
        Array.from(functions, ([key, { name, length }]) => `${key}: ${name}/${length}`).toSorted();
      expect(dress(front[part])).to.deep.equal(dress(Object.entries(replacements[part])));
    });
  }

  it('reads without loading what is behind', () => {
    const call = Object.fromEntries(front.fs);
    expect(call['existsSync']!(__filename)).to.equal(true);
    expect(call['readFileSync']!(__filename, 'utf8')).to.include('reads without loading');
    call['closeSync']!(call['openSync']!(__filename));
    call['closeSync']!(call['openSync']!(__filename, 'r'));
    call['closeSync']!(call['openSync']!(__filename, 0));
    expect(loads).to.equal(0);
  });

  it('loads it for an open that may write', () => {
    const { openSync, closeSync } = Object.fromEntries(front.fs) as unknown as typeof nodeFs;
    closeSync(openSync(__filename, 'r+'));
    expect(loads).to.equal(1);
  });
});
