// Transcripts of a terminal: commands with the output that a real cluster gives, as a person would paste them.

/** Splits a transcript into {command, expected, exit, versions, line} in order. */
export function readTranscript(text) {
  const steps = [];
  let base = '';
  let versions = '';
  let current = null;
  let heredoc = '';
  text.split('\n').forEach((line, index) => {
    if (heredoc) {
      current.command += '\n' + line;
      if (line.trim() === heredoc) heredoc = '';
      return;
    }
    if (current && current.command.endsWith('\\') && current.expected.length === 0) {
      current.command += '\n' + line;
    } else if (line.startsWith('$ ')) {
      current = {command: line.slice(2), expected: [], exit: 0, versions: base + versions, line: index + 1};
      steps.push(current);
    } else if (line.startsWith('# ') || line === '#') {
      current = null;  // prose between commands
      return;
    } else if (/^@file/.test(line)) {
      base = line.slice('@file'.length).trim() + ' ';
      return;
    } else if (/^@versions/.test(line)) {
      versions = line.slice('@versions'.length).trim();
      current = null;
      return;
    } else if (/^\[exit \d+\]$/.test(line)) {
      current.exit = Number(line.match(/\d+/)[0]);
      return;
    } else {
      if (current) current.expected.push(line);
      return;
    }
    const opened = current.command.split('\n').at(-1).match(/<<-?'?(\w+)'?/);
    if (opened) heredoc = opened[1];
  });
  for (const step of steps) {
    while (step.expected.length > 0 && step.expected.at(-1) === '') step.expected.pop();
  }
  return steps;
}

const patterns = {
  age: String.raw`(?:\d+[smhdy])+`,
  uid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  ip: String.raw`\d+\.\d+\.\d+\.\d+`,
  hash: '[0-9a-z]+',
  n: String.raw`\d+`,
  time: String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`,
  date: String.raw`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}`,
  word: String.raw`\S+`,
  any: '.*',
};

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A line of expected output as a regular expression; runs of spaces are as good as one. */
function lineRule(line) {
  const parts = line.trimEnd().split(/<(age|uid|ip|hash|n|time|date|word|any)>/);
  const rule = parts.map((part, i) => (i % 2 ? patterns[part] : escaped(part).replace(/[ \t]+/g, String.raw`\s+`)));
  return new RegExp('^' + rule.join('') + '$');
}

/** Null when `actual` is as expected, else what differs. A line of three dots stands for any lines. */
export function difference(expected, actual) {
  const lines = actual.split('\n').map((line) => line.trimEnd());
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  const matches = (e, a) => {
    if (e === expected.length) return a === lines.length;
    if (expected[e].trim() === '...') {
      for (let skip = a; skip <= lines.length; ++skip) if (matches(e + 1, skip)) return true;
      return false;
    }
    return a < lines.length && lineRule(expected[e]).test(lines[a]) && matches(e + 1, a + 1);
  };
  if (matches(0, 0)) return null;
  let first = 0;
  while (first < expected.length && first < lines.length && expected[first].trim() !== '...' &&
         lineRule(expected[first]).test(lines[first])) ++first;
  return `first difference at line ${first + 1}\n--- expected\n${expected.join('\n')}\n--- actual\n${lines.join('\n')}`;
}

/** "1.33" against a condition such as ">=1.28" or "<1.32 >=1.27"; "" is every version. */
export function appliesTo(versions, version) {
  const minor = (text) => Number(text.split('.')[1]);
  return versions.split(/\s+/).filter(Boolean).every((condition) => {
    const [, sign, than] = condition.match(/^(>=|<=|<|>|=)(\d+\.\d+)$/);
    const a = minor(version);
    const b = minor(than);
    return {'>=': a >= b, '<=': a <= b, '<': a < b, '>': a > b, '=': a === b}[sign];
  });
}
