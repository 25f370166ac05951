// A program: compares an entry of the built package with the module of node that it stands for, name by name, and prints
// what it found as JSON. A program of its own, because the tests' process works with another copy of the package.
//
//   node names-report.js fs-intact node:fs

export interface NameReport {
  readonly name: string;
  readonly isEnumerable: boolean;
  /** typeof, under this name, of ours and of node's. */
  readonly kinds: readonly [string, string];
  /** The `name` and `length` of a function, of ours and of node's. */
  readonly dress: readonly [string, string];
  /** Whether ours is node's. */
  readonly isNodes: boolean;
  /** Whether an ES module gets the very thing that CommonJS gets. */
  readonly isSameInModule: boolean;
}

export interface EntryReport {
  readonly names: readonly NameReport[];
  /** What each has that the other lacks. */
  readonly extra: readonly string[];
  readonly moduleNames: readonly string[];
  readonly nodeModuleNames: readonly string[];
}

type Names = Record<string, unknown>;

async function report(entry: string, native: string): Promise<EntryReport> {
  const ours = require(entry) as Names;
  const nodes = require(native) as Names;
  const module = (await import(entry)) as Names;
  const names = Object.getOwnPropertyNames(nodes);
  return {
    names: names.map((name) => ({
      name,
      isEnumerable: Object.keys(nodes).includes(name),
      kinds: [typeof ours[name], typeof nodes[name]],
      dress: [dressOf(ours[name]), dressOf(nodes[name])],
      isNodes: ours[name] === nodes[name],
      isSameInModule: module[name] === ours[name],
    })),
    extra: Object.getOwnPropertyNames(ours).filter((name) => !names.includes(name)),
    moduleNames: Object.keys(module),
    nodeModuleNames: Object.keys((await import(native)) as Names),
  };
}

function dressOf(value: unknown): string {
  return typeof value === 'function' ? `${value.name}/${value.length}` : '';
}

const [entry, native] = process.argv.slice(2);
void report(entry!, native!).then((found) => console.log(JSON.stringify(found)));
