/** The one stylesheet of all pages. */
export const STYLE = `
:root { --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #f6f8fa; --link: #0969da;
  --green: #1a7f37; --red: #cf222e; --purple: #8250df; --amber: #9a6700; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); font: 14px/1.5 -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, .mono { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
header { background: #24292f; color: #fff; padding: 12px 32px; display: flex; gap: 16px; align-items: baseline; }
header a { color: #fff; font-weight: 600; }
header span { color: #d0d7de; font-size: 12px; }
nav { background: var(--back); border-bottom: 1px solid var(--line); padding: 16px 32px 0; }
nav h1 { font-size: 20px; font-weight: 400; margin: 0 0 12px; }
nav h1 b { font-weight: 600; }
nav ul { display: flex; gap: 8px; list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 8px 12px; color: var(--text); border-bottom: 2px solid transparent; }
nav li a.here { border-color: #fd8c73; font-weight: 600; }
main { max-width: 1100px; margin: 24px auto 64px; padding: 0 32px; }
h2 { font-size: 16px; margin: 24px 0 8px; }
h2.title { font-size: 26px; font-weight: 400; margin: 0 0 8px; }
.soft { color: var(--soft); }
.pill { display: inline-block; padding: 2px 12px; border-radius: 2em; color: #fff; background: var(--soft); font-weight: 500; }
.pill.open, .pill.success { background: var(--green); }
.pill.merged { background: var(--purple); }
.pill.closed, .pill.failure { background: var(--red); }
.pill.in_progress, .pill.queued, .pill.waiting { background: var(--amber); }
.label { display: inline-block; padding: 0 8px; border-radius: 2em; border: 1px solid var(--line); background: var(--back); font-size: 12px; }
.tag { border: 1px solid var(--line); border-radius: 2em; padding: 0 8px; font-size: 12px; color: var(--soft); }
.box { border: 1px solid var(--line); border-radius: 6px; margin: 12px 0; overflow: hidden; }
.box > .head { background: var(--back); padding: 8px 16px; border-bottom: 1px solid var(--line); }
.box > .body { padding: 12px 16px; }
.body > :first-child { margin-top: 0; }
.body > :last-child { margin-bottom: 0; }
.box .row { display: flex; gap: 12px; padding: 8px 16px; border-top: 1px solid var(--line); align-items: baseline; }
.box .row:first-child { border-top: 0; }
.row .grow { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.box.green { border-color: var(--green); }
.box.red { border-color: var(--red); }
table { border-collapse: collapse; margin: 8px 0; }
th, td { border: 1px solid var(--line); padding: 4px 12px; text-align: left; vertical-align: top; }
th { background: var(--back); }
pre { margin: 0; padding: 12px 16px; overflow-x: auto; }
.body pre, .body :not(pre) > code { background: var(--back); border-radius: 6px; }
.body :not(pre) > code { padding: 2px 5px; }
blockquote { margin: 8px 0; padding: 0 12px; border-left: 4px solid var(--line); color: var(--soft); }
button { background: var(--green); color: #fff; border: 0; border-radius: 6px; padding: 7px 16px; font: inherit; font-weight: 500; cursor: pointer; }
button[value=rejected] { background: var(--red); }
button:hover { filter: brightness(.93); }
select { font: inherit; padding: 6px 8px; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
form { display: flex; gap: 8px; align-items: center; }
.diff { display: block; white-space: pre; padding: 0 16px; }
.diff.add { background: #dafbe1; }
.diff.del { background: #ffebe9; }
.diff.hunk { background: #ddf4ff; color: var(--soft); }
.numbers td { border: 0; padding: 0 12px; white-space: pre; }
.numbers td:first-child { color: var(--soft); text-align: right; user-select: none; }
.numbers { margin: 8px 0; }
.log { background: #0d1117; color: #e6edf3; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: 12px 16px; }
.log .error { color: #ff7b72; }
.log .warning { color: #e3b341; }
.log .head { color: #79c0ff; }
summary { cursor: pointer; padding: 8px 16px; }
details { border-top: 1px solid var(--line); }
details:first-child { border-top: 0; }
.mark { display: inline-block; width: 1.4em; text-align: center; font-weight: 700; color: var(--soft); }
.mark.success { color: var(--green); } .mark.failure { color: var(--red); } .mark.in_progress, .mark.queued, .mark.waiting { color: var(--amber); }
.add-count { color: var(--green); } .del-count { color: var(--red); }
.note { border: 1px solid var(--red); color: var(--red); background: #ffebe9; border-radius: 6px; padding: 8px 16px; margin-bottom: 16px; }
`.trimStart();
