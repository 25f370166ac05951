// How the page looks: on a wide screen two panes beside each other, else and on paper one column; light and dark.

/** Directories below are not indented further. */
export const DEPTH_MAX = 8;

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --text: #1f2328; --muted: #5e6670; --line: #dcdfe3;
  --bad: #b3261e; --bad-card: #fcebe9; --good: #1a7f37; --good-card: #e8f5ec; --link: #0b57d0; --code: #f1f1ee;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #111315; --card: #1a1d20; --text: #e4e7ea; --muted: #9aa3ac; --line: #31363b;
    --bad: #ff8d85; --bad-card: #3b1d1b; --good: #74d393; --good-card: #17301f; --link: #8ab4f8; --code: #24282c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
code, pre, .name, .words, .site, .gap, kbd { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 13px; }
code, .name, .words, h1, h2, dd, strong { overflow-wrap: anywhere; unicode-bidi: isolate; }
h1, h2, h3, h4, p, ol, ul, dl, dd, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }

header { padding: 20px 24px 16px; border-bottom: 1px solid var(--line); display: grid; grid-template-columns: 1fr auto; gap: 0 32px; align-items: end; }
.label { grid-column: 1 / -1; color: var(--muted); font-size: 13px; letter-spacing: .02em; }
h1 { font-size: 28px; line-height: 1.25; font-weight: 650; }
h1.good { color: var(--good); }
h1.bad { color: var(--bad); }
.figures { grid-column: 2; grid-row: 2 / span 2; display: flex; gap: 28px; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { color: var(--muted); font-size: 13px; }
.figures dd { font-size: 20px; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }

.pane { padding: 20px 24px; min-width: 0; }
.pane > h2 { font-size: 17px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px; margin-bottom: 16px; }
.hint { color: var(--muted); font-size: 13px; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; background: var(--code); }

.chips { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; font-size: 13px; }
.chip { min-width: 26px; padding: 0 7px; border: 1px solid var(--bad); border-radius: 13px; color: var(--bad); text-align: center; text-decoration: none; font-variant-numeric: tabular-nums; }
.chip:hover { background: var(--bad-card); }
.chip[aria-current] { background: var(--bad); color: var(--card); }
.causes { display: grid; gap: 14px; margin-bottom: 14px; }
.causes .chips { margin-top: 6px; max-height: 88px; overflow: auto; padding: 2px; }
.causes .operations { color: var(--muted); font-size: 13px; }

article { display: none; }
article:target, body:not(:has(article:target)) article:first-of-type { display: block; }
.card h2 { font-size: 19px; line-height: 1.35; }
article .number { display: block; color: var(--bad); font-size: 13px; font-weight: 600; }
article h3::first-letter { text-transform: uppercase; }
article h3 { font-size: 15px; margin: 22px 0 6px; }
article h4 { font-size: 13px; margin: 14px 0 6px; color: var(--muted); }
article > pre { margin-top: 8px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin-top: 12px; }
.facts dt { color: var(--muted); }
.copy { font: inherit; font-size: 13px; padding: 0 10px; margin-left: 4px; color: var(--link); background: none; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.copy:hover { border-color: var(--link); }
pre { background: var(--code); border-radius: 6px; padding: 8px 12px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }

.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; color: var(--muted); font-size: 13px; margin-bottom: 8px; }
.mark { display: inline-block; width: 22px; font-weight: 400; text-align: center; }
.mark.forced { color: var(--good); }
.mark.kept { color: var(--muted); }
.mark.lost, .mark.partly { color: var(--bad); font-weight: 700; }
.trace li { padding: 1px 0; }
.trace .operation, .trace .ack { padding-left: 22px; }
.trace .operation > .mark, .trace .ack > .mark { margin-left: -22px; }
.trace .site { color: var(--muted); padding: 8px 0 1px; overflow-wrap: anywhere; }
.trace .gap { color: var(--muted); padding: 6px 0 6px 22px; }
.trace .ack code { color: var(--good); font-weight: 600; }
.trace .lost code, .trace .partly code, .trace .faulty code, .loss { color: var(--bad); }
.trace .unreached code { color: var(--muted); font-weight: 400; }
.loss { display: block; font-size: 13px; }
.times { color: var(--muted); font-size: 13px; }
.trace .crash { display: flex; align-items: center; gap: 10px; color: var(--bad); font-size: 13px; font-weight: 600; padding: 4px 0; }
.trace .crash::after { content: ""; flex: 1; border-top: 2px dashed var(--bad); }

.timeline { margin-top: 10px; }
.timeline .begin { color: var(--muted); }
.timeline .operation, .timeline .ack, .timeline .begin, .timeline .gap { padding-left: 0; }
.timeline .point { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin: 3px 0 3px 6px; padding: 3px 0 3px 14px; border-left: 2px solid var(--line); color: var(--muted); font-size: 13px; }
.timeline .point.bad { border-left-color: var(--bad); }
.bar .all { fill: var(--line); }
.bar .bad { fill: var(--bad); }
.count { font-variant-numeric: tabular-nums; }

.tree > li { border-top: 1px solid var(--line); padding: 3px 0; }
.tree details > pre { margin: 4px 0 6px; }
.tree summary { cursor: pointer; }
.tree .words { color: var(--muted); margin-left: 10px; }
.tree .changed .words, .tree .missing .words, .tree .unexpected .words { color: var(--bad); }
.tree .changed .name, .tree .missing .name, .tree .unexpected .name { font-weight: 700; }
.tree .missing .name { text-decoration: line-through; }
${Array.from({ length: DEPTH_MAX }, (_, depth) => `.depth-${depth + 1} { margin-left: ${(depth + 1) * 18}px; }`).join('\n')}
pre span { display: block; padding-left: 2ch; text-indent: -2ch; }
.removed { color: var(--bad); }
pre .removed { background: var(--bad-card); }
.added { color: var(--good); }
pre .added { background: var(--good-card); }
pre .left-out { color: var(--muted); }

@media (min-width: 1000px) and (min-height: 500px) {
  @media not print {
    body { height: 100vh; display: grid; grid-template-rows: auto minmax(0, 1fr); }
    main { display: grid; grid-template-columns: minmax(340px, 2fr) 3fr; min-height: 0; }
    .pane { overflow: auto; }
    #timeline { border-right: 1px solid var(--line); }
  }
}
@media (max-width: 720px) {
  header { grid-template-columns: 1fr; padding: 16px; }
  .figures { grid-column: 1; grid-row: auto; flex-wrap: wrap; gap: 8px 24px; margin-top: 12px; }
  .pane { padding: 16px; }
  .card { padding: 12px 14px; }
}
@media print {
  :root { color-scheme: light; }
  body { background: none; }
  header { padding: 0 0 12px; }
  article { display: block !important; break-before: page; }
  .copy, .hint, nav { display: none; }
  .pane { padding: 12px 0; }
  .card { border: 0; padding: 0; }
}
`;
