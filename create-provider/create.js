#!/usr/bin/env node
// npm create dtrace-provider NAME: makes a folder with a provider that works, its test and its page.
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z][a-z_]*$/.test(name)) {
  console.error('usage: npm create dtrace-provider NAME     NAME: the provider’s name in D, small letters');
  process.exit(2);
}
const folder = `dtrace-provider-${name}`;
if (existsSync(folder)) {
  console.error(`${folder} is there already`);
  process.exit(1);
}
cpSync(join(import.meta.dirname, 'template'), folder, { recursive: true });
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('__NAME__', name));
}
console.log(`${folder} is made. Next:

  cd ${folder} && npm install
  sudo npx dtrace -x config=dtrace.config.json -l -P ${name}
  sudo npm test`);
