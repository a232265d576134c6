/** Entry of the bundled command: the one file that is not an ES module when it runs. */
import { join } from 'node:path';
import { setAddonPath } from 'ebpf-napi';
import { main } from './main.js';

declare const __dirname: string;

setAddonPath(join(__dirname, 'ebpf_napi.node'));
void main(process.argv.slice(2));
