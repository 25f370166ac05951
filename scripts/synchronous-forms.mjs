// Gives functions of the protocol a second form, for synchronous callers.
//
// The protocol is written once, as generators of steps. Synchronous callers have no use for generators, and to go through
// them costs a tenth of a write to tmpfs. So to the compiled text of each module this adds what it would say without them:
//
//   function* commit(stage) { yield* closeStage(stage); yield* stage.volume.landed(stage); }
//   commit.sync = function (stage) { closeStage.sync(stage); finish(stage.volume.landed(stage)); };
//
// It begins with the functions that are handed to `callSync`, and goes on with those that they call by name. Methods and
// functions in variables have no such form: `finish` runs the steps that they return.
//
// Called with folders of compiled modules: those that the bundles are made of, and those that the tests run on. Forms that
// an earlier call has added are made anew.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'acorn';

const HEADING = '// Synchronous forms of functions above: see scripts/synchronous-forms.mjs';

for (const folder of process.argv.slice(2)) addForms(resolve(folder));

function addForms(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.js'));
  const modules = new Map(files.map((file) => join(folder, file)).map((path) => [path, readModule(path)]));
  const runner = join(folder, 'steps/run.js');
  const steps = join(folder, 'steps/step.js');

  /** The functions that are to get a form, with their modules. It grows while it is gone through. */
  const wanted = new Map();
  /** Has a form made for the function that a node names. @returns Whether there is one. */
  const demand = (module, node) => {
    const { path, name } = meaningOf(node, module) ?? {};
    const named = modules.get(path);
    if (named?.primitives.has(name)) return true;
    const declared = named?.functions.get(name);
    if (declared === undefined || !canHaveForm(declared)) return false;
    wanted.set(declared, named);
    return true;
  };

  for (const module of modules.values()) {
    for (const call of nodesIn(module.program, 'CallExpression', { isDeep: true })) {
      const { path, name } = meaningOf(call.callee, module) ?? {};
      if (path === runner && name === 'callSync') demand(module, call.arguments[1]);
    }
  }
  for (const [declared, module] of wanted) {
    module.forms.push(formOf(declared, module, (node) => demand(module, node)));
  }

  for (const { path, text, hadForms, isCommonJs, forms } of modules.values()) {
    const id = relative(dirname(path), steps).replace(/\.js$/, '');
    const from = id.startsWith('.') ? id : `./${id}`;
    const head = isCommonJs ? `const { finish } = require('${from}');` : `import { finish } from '${from}';`;
    if (forms.length > 0) writeFileSync(path, [text, HEADING, path === steps ? '' : head, ...forms, ''].join('\n'));
    else if (hadForms) writeFileSync(path, text);
  }
}

/** A compiled module: what it says, the functions that it declares, and the names that it imports. */
function readModule(path) {
  const [text, formsBefore] = readFileSync(path, 'utf8').split(`\n${HEADING}`);
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  const module = {
    path,
    text,
    hadForms: formsBefore !== undefined,
    program,
    functions: new Map(),
    imports: new Map(),
    isCommonJs: false,
    forms: [],
  };
  const pathOf = ({ value }) => join(dirname(path), `${value}.js`);
  for (const statement of program.body) {
    const declared = statement.declaration ?? statement;
    if (declared.type === 'FunctionDeclaration') module.functions.set(declared.id.name, declared);
    if (statement.type === 'ImportDeclaration') {
      for (const { local, imported } of statement.specifiers) {
        module.imports.set(local.name, { path: pathOf(statement.source), name: imported?.name });
      }
    }
    for (const { id, init } of declared.declarations ?? []) {
      if (init?.callee?.name === 'require') module.imports.set(id.name, { path: pathOf(init.arguments[0]) });
    }
    if (statement.directive === 'use strict') module.isCommonJs = true;
  }
  // `step` gives them their form itself.
  module.primitives = new Set(Array.from(text.matchAll(/\b(\w+) = step\('\1'\)/g), ([, name]) => name));
  return module;
}

/** The function that a node names: `f`, `module_1.f`, or `(0, module_1.f)`, as it is called in CommonJS. */
function meaningOf(node, { path, functions, imports }) {
  const { type, name, object, property } = unwrapped(node);
  if (type === 'MemberExpression' && imports.has(object.name)) {
    return { path: imports.get(object.name).path, name: property.name };
  }
  if (type !== 'Identifier') return undefined;
  return functions.has(name) ? { path, name } : imports.get(name);
}

function unwrapped(node) {
  return node.type === 'SequenceExpression' ? node.expressions.at(-1) : node;
}

/**
 * A generator of steps, or a function that returns such generators. Not one that yields things of its own; nor one that
 * would run within its own `try` what it now only returns.
 */
function canHaveForm({ async, generator, body }) {
  if (async) return false;
  if (generator) return nodesIn(body, 'YieldExpression').every(({ delegate }) => delegate);
  return nodesIn(body, 'TryStatement').length === 0;
}

/** @param hasForm Whether the function that a node names has a synchronous form. */
function formOf({ id, params, body, generator }, { text }, hasForm) {
  const own = namesOf([
    ...params,
    ...nodesIn(body, 'VariableDeclarator').map((node) => node.id),
    ...nodesIn(body, 'CatchClause').map((node) => node.param),
    ...nodesIn(body, 'FunctionDeclaration').map((node) => node.id),
  ]);

  /** The text of a node, with `x` run to its end in each `yield* x`; or in each `return x`, where that is steps. */
  const textOf = (node) => {
    let result = '';
    let end = node.start;
    for (const { start, end: next, argument } of nodesIn(node, generator ? 'YieldExpression' : 'ReturnStatement')) {
      // Within the one before it, or nothing.
      if (start < end || argument === null) continue;
      result += `${text.slice(end, start)}${generator ? '' : 'return '}${settled(argument)}${generator ? '' : ';'}`;
      end = next;
    }
    return result + text.slice(end, node.end);
  };

  const settled = (steps) => {
    if (steps.type === 'ConditionalExpression') {
      return `(${textOf(steps.test)} ? ${settled(steps.consequent)} : ${settled(steps.alternate)})`;
    }
    if (steps.type !== 'CallExpression' || own.has(steps.callee.name) || !hasForm(steps.callee)) {
      return `finish(${textOf(steps)})`;
    }
    const { start, end } = unwrapped(steps.callee);
    return `${text.slice(start, end)}.sync(${steps.arguments.map(textOf).join(', ')})`;
  };

  return `${id.name}.sync = function ${text.slice(text.indexOf('(', id.end), body.start)}${textOf(body)};`;
}

/** The names that these patterns bind. */
function namesOf(patterns) {
  return new Set(patterns.flatMap((pattern) => nodesIn(pattern, 'Identifier').map(({ name }) => name)));
}

/** The nodes of a type in the order of the text; in nested functions only if that is wanted. */
function nodesIn(node, type, { isDeep = false } = {}) {
  const found = [];
  const visit = (inner) => {
    if (Array.isArray(inner)) inner.forEach(visit);
    if (typeof inner?.type !== 'string') return;
    if (inner.type === type) found.push(inner);
    if (isDeep || !/Function/.test(inner.type)) Object.values(inner).forEach(visit);
  };
  visit(node);
  return found.toSorted((one, other) => one.start - other.start);
}
