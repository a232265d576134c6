/** Entry of the bundled command, which is no ES module when it runs. */
import { join } from 'node:path';
import { main } from './main.js';

declare const __dirname: string;

void main(process.argv.slice(2), join(__dirname, 'ebpf_napi.node'));
