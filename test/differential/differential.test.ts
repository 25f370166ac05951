// The same programs in child processes, on fresh trees, under plain node and under the hook, as root and as an ordinary user:
// whatever a program, another process or an operator can see is equal, or is a declared difference.

import { expect } from 'chai';
import { type Need, has } from '../support/needs';
import { DECLARED, declaredFor } from './declared';
import { type Difference, differencesOf, textOf } from './differences';
import { type Performance, perform } from './perform';
import { listInReadme, listOfDeclared } from './readme';
import { type Report, type Scenario, USERS, type User } from './scenario';
import { SCENARIOS } from './scenarios';

const SHOWN_MAX = 20;

interface Comparison {
  readonly plain: Performance;
  readonly hook: Performance;
  readonly undeclared: readonly Difference[];
}

const played = SCENARIOS.filter((scenario) => needsOf(scenario).every(has));
/** Stories that lay out their own tree are their own kind. */
const kindIds = [...new Set(SCENARIOS.map(({ kind }) => kind.id))];

function needsOf({ kind, needs = [] }: Scenario): readonly Need[] {
  return [...(kind.needs ?? []), ...needs];
}

describe('programs under the hook, beside plain node', function () {
  // Each scenario and each child has a limit of its own.
  this.timeout(0);
  const users = USERS.filter((user) => user === 'user' || process.getuid?.() === 0);
  const comparisons = new Map<User, Comparison>();
  const met = new Set<string>();

  before(async () => {
    reportSkipped(users);
    const all = users.map(async (user) => [user, await compare(user, met)] as const);
    for (const [user, comparison] of await Promise.all(all)) comparisons.set(user, comparison);
  });

  for (const user of users) {
    describe(`as ${user}`, () => {
      it('plain node answers on each kind of target as the kind is meant', () => {
        const { plain } = comparisons.get(user)!;
        const index = USERS.indexOf(user);
        const write = played.filter(
          ({ id, kind }) => id === `writeFileSync: ${kind.id}` || id === `promises.writeFile: ${kind.id}`,
        );
        expect(write).to.have.length.greaterThan(0);
        for (const { id, kind } of write) expect(answerIn(plain.reports.get(id)!), id).to.equal(kind.answers[index]);
      });

      for (const kindId of kindIds) {
        it(`${kindId}: behaves the same`, function () {
          if (!played.some(({ kind }) => kind.id === kindId)) this.skip();
          const { undeclared } = comparisons.get(user)!;
          const found = undeclared.filter(({ scenario }) => scenario.kind.id === kindId);
          expect(found.slice(0, SHOWN_MAX).map(textOf).join('\n'), `${found.length} differences`).to.equal('');
        });
      }

      it('every scenario comes to its end', () => {
        const { plain, hook } = comparisons.get(user)!;
        for (const { id, isAlone } of played) {
          for (const { reports } of [plain, hook]) expect(reports.has(id), id).to.equal(true);
          if (!isAlone && !hasDied(plain.reports.get(id)!))
            expect(hook.reports.get(id)!.process, id).to.equal(undefined);
        }
      });

      it('prints the same', () => {
        const { plain, hook } = comparisons.get(user)!;
        expect([...hook.printed]).to.deep.equal([...plain.printed]);
      });
    });
  }

  it('meets every declared difference', () => {
    const unmet = DECLARED.filter(({ what, needs = [] }) => !met.has(what) && needs.every(has));
    expect(unmet.map(({ what }) => what)).to.deep.equal([]);
  });
});

describe('the list of declared differences', () => {
  it('is the one in the README (`node build/test/differential/readme.js` writes it)', () => {
    expect(listInReadme()).to.equal(listOfDeclared());
  });
});

async function compare(user: User, met: Set<string>): Promise<Comparison> {
  const [plain, hook] = await Promise.all([false, true].map((withHook) => perform(played, { hook: withHook, user })));
  const undeclared: Difference[] = [];
  for (const scenario of played) {
    const [one, other] = [plain!, hook!].map(({ reports }) => reports.get(scenario.id)!);
    // From Node 22 on cpSync ends the process where links lead in a circle: there is nothing to compare.
    if (hasDied(one!) && !scenario.isAlone) continue;
    for (const difference of differencesOf(scenario, user, one!, other!)) {
      const entry = declaredFor(difference);
      if (entry === undefined) undeclared.push(difference);
      else met.add(entry.what);
    }
  }
  return { plain: plain!, hook: hook!, undeclared };
}

/** Whether node itself has died of it: by a signal, not by the program's doing. */
function hasDied({ process: end }: Report): boolean {
  return (end as { signal?: unknown } | undefined)?.signal === 'SIGABRT';
}

/** What a whole-file write answered: 'ok' or the error's code. */
function answerIn({ answer }: Report): unknown {
  const [last] = (answer as { outcome: { result: { how: string; result?: { code?: string } } } }[]).toReversed();
  const { how, result } = last!.outcome.result;
  return how === 'returned' || how === 'resolved' ? 'ok' : result?.code;
}

function reportSkipped(users: readonly User[]): void {
  if (!users.includes('root')) process.stdout.write('\n  skipped: the scenarios as root: needs root\n');
  const counts = new Map<string, number>();
  for (const scenario of SCENARIOS) {
    const missing = needsOf(scenario)
      .filter((need) => !has(need))
      .join(' and ');
    if (missing !== '') counts.set(missing, (counts.get(missing) ?? 0) + 1);
  }
  for (const [missing, count] of counts) process.stdout.write(`\n  skipped: ${count} scenarios: need ${missing}\n`);
}
