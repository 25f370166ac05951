import { expect } from 'chai';
import { array, assert, constantFrom, oneof, property } from 'fast-check';
import { ImageBuilder } from '../../src/testing/crash-image';
import { type Bounds, type CrashChoice, crashChoices } from '../../src/testing/crash-states';
import type { DiskImage } from '../../src/testing/disk-image';
import { type History, historyOf } from '../../src/testing/micro-ops';
import { MODELS, type ModelName } from '../../src/testing/models';
import type { Effect } from '../../src/testing/trace';
import {
  chmod,
  contentsOf,
  create,
  diskWith,
  fdatasync,
  fsync,
  link,
  makeDirectory,
  rename,
  ROOT,
  traceOf,
  truncate,
  unlink,
  write,
} from './traces';

const BOUNDS: Bounds = { statesPerPoint: 100_000, samples: 0, seed: 1, tearSectors: true };
const ALL_MODELS = Object.keys(MODELS) as ModelName[];

interface Found {
  readonly choice: CrashChoice;
  readonly image: DiskImage;
  readonly contents: Record<string, string>;
}

function explore(model: ModelName, before: DiskImage, steps: readonly (Effect | string)[], bounds = BOUNDS): Found[] {
  const history = historyOf(traceOf(before, steps), MODELS[model]);
  return [...crashChoices(history, bounds).choices].flatMap((choice) => imagesOf(history, choice));
}

function imagesOf(history: History, choice: CrashChoice): Found[] {
  const builder = new ImageBuilder(history);
  const found = builder.build(choice, 'zeros');
  const images = [found.image];
  if (found.hasHoles && history.model.exposesOldBlocks) images.push(builder.build(choice, 'garbage').image);
  return images.map((image) => ({ choice, image, contents: contentsOf(image) }));
}

/** The contents that one file may have at the end of a workload, apart from garbage. */
function endings(
  model: ModelName,
  before: DiskImage,
  steps: readonly (Effect | string)[],
  name: string,
): Set<string | undefined> {
  const last = explore(model, before, steps).filter(({ choice }) => choice.point === steps.length);
  return new Set(last.map(({ contents }) => contents[name]).filter((content) => !content?.includes('\xf8')));
}

describe('Crash states', () => {
  const OLD = diskWith({ config: 'old' });

  describe('of a plain overwrite', () => {
    const steps = [truncate(2, 0), write(2, 0, 'newer')];

    it('include the old file, the empty one, one of zeros, one of garbage and the new one under posix', () => {
      const contents = new Set(explore('posix', OLD, steps).map((found) => found.contents['config']));
      expect(contents).to.include('old').and.include('').and.include('newer').and.include('\0\0\0\0\0');
      expect([...contents].some((content) => content?.startsWith('\xf8'))).to.equal(true);
      expect(contents.size).to.equal(5);
    });

    for (const model of ['ordered', 'ext4', 'btrfs'] as const) {
      it(`show no blocks that were never written under ${model}`, () => {
        const contents = new Set(explore(model, OLD, steps).map((found) => found.contents['config']));
        expect([...contents]).to.have.members(['', 'newer', 'old']);
      });
    }
  });

  describe('of a rename over', () => {
    const renamed = [create('tmp', 3), write(3, 0, 'new'), rename('tmp', 'config', 3)];

    it('include the empty file where the data was not flushed, but not under ext4', () => {
      for (const model of ALL_MODELS) {
        const hasEmpty = endings(model, OLD, renamed, 'config').has('');
        expect(hasEmpty, model).to.equal(model !== 'ext4');
      }
    });

    it('include the empty file under ext4 too where nothing was replaced', () => {
      const first = [create('tmp', 2), write(2, 0, 'new'), rename('tmp', 'config', 2, false)];
      expect(endings('ext4', diskWith({}), first, 'config').has('')).to.equal(true);
    });

    for (const model of ALL_MODELS) {
      it(`hold the old or the new file where the data was flushed, and may have lost the rename, under ${model}`, () => {
        const steps = [create('tmp', 3), write(3, 0, 'new'), fsync(3), rename('tmp', 'config', 3), 'saved'];
        expect([...endings(model, OLD, steps, 'config')]).to.have.members(['new', 'old']);
      });

      it(`hold the new file alone once the directory was synced, under ${model}`, () => {
        const steps = [
          create('tmp', 3),
          write(3, 0, 'new'),
          fsync(3),
          rename('tmp', 'config', 3),
          fsync(ROOT),
          'saved',
        ];
        expect([...endings(model, OLD, steps, 'config')]).to.deep.equal(['new']);
      });

      it(`never show both names, or none, of a renamed file under ${model}`, () => {
        for (const { contents } of explore(model, OLD, renamed)) {
          expect(Object.keys(contents)).to.include('config');
        }
      });
    }
  });

  describe('by model', () => {
    const twoFiles = [create('a', 2), create('b', 3)];
    const namesOf = (model: ModelName, steps: readonly Effect[]): Set<string> => {
      return new Set(
        explore(model, diskWith({}), steps).map(({ contents }) => Object.keys(contents).toSorted().join()),
      );
    };

    it('keep metadata in order where the model says so', () => {
      expect(namesOf('posix', twoFiles).has('b')).to.equal(true);
      expect(namesOf('btrfs', twoFiles).has('b')).to.equal(true);
      expect(namesOf('ordered', twoFiles).has('b')).to.equal(false);
      expect(namesOf('ext4', twoFiles).has('b')).to.equal(false);
    });

    it('let fsync of a file force its own name under btrfs, all names under ordered and ext4, none under posix', () => {
      const last = (model: ModelName): Set<string> => {
        const found = explore(model, diskWith({}), [...twoFiles, fsync(3), 'end']);
        const atEnd = found.filter(({ choice }) => choice.point === 4);
        return new Set(atEnd.map(({ contents }) => Object.keys(contents).toSorted().join()));
      };
      expect([...last('posix')]).to.have.members(['', 'a', 'a,b', 'b']);
      expect([...last('btrfs')]).to.have.members(['a,b', 'b']);
      expect([...last('ordered')]).to.deep.equal(['a,b']);
      expect([...last('ext4')]).to.deep.equal(['a,b']);
    });

    it('let fdatasync force data and size, and fsync the mode too', () => {
      const modes = (sync: Effect): Set<number> => {
        const found = explore('posix', OLD, [chmod(2, 0o600), write(2, 0, 'new!'), sync, 'end']);
        const atEnd = found.filter(({ choice }) => choice.point === 4);
        expect(new Set(atEnd.map(({ contents }) => contents['config']))).to.deep.equal(new Set(['new!']));
        return new Set(atEnd.map(({ image }) => image.inodes.get(2)!.mode));
      };
      expect([...modes(fsync(2))]).to.deep.equal([0o600]);
      expect([...modes(fdatasync(2))]).to.have.members([0o600, 0o644]);
    });

    it('lose a file in a new directory whose own name was never synced', () => {
      const inside: Effect = { ...create('x', 3), entry: { dir: 2, name: 'x' } } as Effect;
      const steps = [makeDirectory('d', 2), inside, write(3, 0, 'x'), fsync(3), fsync(2), 'saved'];
      const atEnd = explore('posix', diskWith({}), steps).filter(({ choice }) => choice.point === 6);
      expect(atEnd.some(({ contents }) => !('d/x' in contents))).to.equal(true);
      const synced = [...steps.slice(0, 5), fsync(ROOT), 'saved'];
      const safe = explore('posix', diskWith({}), synced).filter(({ choice }) => choice.point === 7);
      expect(safe.every(({ contents }) => contents['d/x'] === 'x')).to.equal(true);
    });
  });

  describe('of large writes', () => {
    const PAGES = 3;
    const big = Buffer.alloc(PAGES * 4096, 'n').toString();
    const before = diskWith({ big: Buffer.alloc(PAGES * 4096, 'o').toString() });

    it('hold every mix of old and new pages', () => {
      const found = explore('posix', before, [write(2, 0, big)], { ...BOUNDS, tearSectors: false });
      const mixes = new Set(
        found.map(({ contents }) => [0, 1, 2].map((page) => contents['big']![page * 4096]).join('')),
      );
      expect(mixes.size).to.equal(2 ** PAGES);
    });

    it('are torn at every sector, from either side', () => {
      const found = explore('posix', before, [write(2, 0, big.slice(0, 4096))]);
      const newSectors = found.map(({ contents }) =>
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => contents['big']![n * 512]).join(''),
      );
      expect(new Set(newSectors).size).to.equal(2 + 7 + 7);
      expect(newSectors).to.include('nnnooooo').and.include('oooonnnn');
    });

    it('never tear what fits into one sector', () => {
      const found = explore('posix', OLD, [write(2, 0, 'new')]);
      expect(new Set(found.map(({ contents }) => contents['config']))).to.deep.equal(new Set(['old', 'new']));
    });

    it('leave zeros, as they are due, where a write began beyond the end', () => {
      const contents = endings('posix', OLD, [write(2, 5, 'new'), fsync(2), 'end'], 'config');
      expect([...contents]).to.deep.equal(['old\0\0new']);
    });
  });

  it('are told in the order of their losses', () => {
    const found = explore('posix', OLD, [create('a', 3), write(3, 0, 'x'), rename('a', 'config', 3), create('b', 4)]);
    const losses = found.map(({ choice }) => choice.lost.length);
    expect(losses).to.deep.equal(losses.toSorted((a, b) => a - b));
  });

  it('come in the same order for the same seed, and differ by the seed beyond the bound', () => {
    const steps = Array.from({ length: 14 }, (_, index) => create(`f${index}`, index + 2));
    const told = (seed: number): string => {
      const bounds = { ...BOUNDS, statesPerPoint: 20, samples: 10, seed };
      return explore('posix', diskWith({}), steps, bounds)
        .map(({ choice }) => `${choice.point}:${choice.lost.join()}`)
        .join(' ');
    };
    expect(told(1)).to.equal(told(1));
    expect(told(1)).to.not.equal(told(2));
  });

  it('say that they are not all beyond the bound, where prefixes with and without one operation are still tried', () => {
    const steps = Array.from({ length: 20 }, (_, index) => create(`f${index}`, index + 2));
    const history = historyOf(traceOf(diskWith({}), steps), MODELS.posix);
    const bounded = crashChoices(history, { ...BOUNDS, statesPerPoint: 210, samples: 5 });
    const tried = new Set([...bounded.choices].map(({ point, lost }) => `${point} ${lost.join()}`));
    expect(bounded.isExhaustive()).to.equal(false);
    for (let end = 1; end <= 20; end++) {
      expect(tried).to.include(`${end} `);
      for (let dropped = 0; dropped < end - 1; dropped++) expect(tried).to.include(`${end} ${dropped}`);
    }
    const whole = crashChoices(historyOf(traceOf(diskWith({}), steps.slice(0, 3)), MODELS.posix), BOUNDS);
    expect([...whole.choices]).to.have.length(8);
    expect(whole.isExhaustive()).to.equal(true);
  });

  it('come to an end however small the bound, also where nothing can be lost', () => {
    const found = explore('posix', OLD, [create('a', 3), 'end'], { ...BOUNDS, statesPerPoint: 1, samples: 0 });
    expect(new Set(found.map(({ choice }) => choice.point))).to.deep.equal(new Set([0, 1, 2]));
  });

  it('lose nothing where only the process is killed', () => {
    const history = historyOf(traceOf(OLD, [truncate(2, 0), write(2, 0, 'new')]), MODELS.posix, false);
    const found = [...crashChoices(history, BOUNDS).choices].flatMap((choice) => imagesOf(history, choice));
    expect(found.map(({ contents }) => contents['config'])).to.deep.equal(['old', '', 'new']);
  });

  describe('against every set of changes that the model allows', () => {
    /** A trace of random effects on two names and two inodes; impossible ones do no harm to the model. */
    const effects = array(
      oneof(
        constantFrom(create('m', 4), rename('n', 'config', 3), unlink('config', 2), link('l', 2), chmod(2, 0o600)),
        constantFrom(
          truncate(2, 0),
          write(2, 0, 'ab'),
          write(2, 2, 'cd'),
          write(3, 0, 'xyz'),
          write(2, 4090, 'over it'),
        ),
        constantFrom<Effect | string>(fsync(2), fsync(3), fsync(ROOT), fdatasync(2), 'ack'),
      ),
      { maxLength: 7 },
    );

    const TWO = diskWith({ config: 'old', n: 'other' });

    for (const model of ALL_MODELS) {
      it(`finds just those, under ${model}`, () => {
        assert(
          property(effects, (steps) => {
            const history = historyOf(traceOf(TWO, steps), MODELS[model]);
            const bounds = { ...BOUNDS, tearSectors: false };
            const found = new Set(
              [...crashChoices(history, bounds).choices].map((choice) => stateKey(history, choice, steps)),
            );
            expect([...found]).to.have.members([...allStates(history, steps)].toSorted());
          }),
          { seed: 20_201, numRuns: 300 },
        );
      });
    }
  });
});

function stateKey(history: History, choice: CrashChoice, steps: readonly (Effect | string)[]): string {
  const acks = steps.slice(0, choice.point).filter((step) => typeof step === 'string').length;
  return `${acks} ${new ImageBuilder(history).build(choice, 'zeros').key}`;
}

/** The plain way: every subset of the changes, at every moment, that holds what its members need and what was forced. */
function allStates(history: History, steps: readonly (Effect | string)[]): Set<string> {
  const states = new Set<string>();
  for (let point = 0; point <= steps.length; point++) {
    const done = history.microOps.filter(({ event }) => event < point);
    const forced = [...history.forcedBy].flatMap(([event, ids]) => (event < point ? ids : []));
    for (let bits = 0; bits < 2 ** done.length; bits++) {
      const there = new Set(done.filter((_, index) => (bits >> index) & 1).map(({ id }) => id));
      const isLegal =
        forced.every((id) => there.has(id)) &&
        done.every(({ id, needs }) => !there.has(id) || needs.every((one) => there.has(one)));
      if (!isLegal) continue;
      const lost = done.filter(({ id }) => !there.has(id)).map(({ id }) => id);
      states.add(stateKey(history, { point, lost }, steps));
    }
  }
  return states;
}
