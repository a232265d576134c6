// Stock Debian kernels, downloaded through apt into a cache folder. A private apt state is used, so the machine's
// own package lists stay as they are; the mirror is the one the machine itself uses.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output, Unavailable } from './command.mjs';

/** Where each series is published. Later suites are tried when the earlier have it no more. */
const SUITES = {
  '5.10': ['bullseye-security', 'bullseye'],
  6.1: ['bookworm-security', 'bookworm'],
  6.12: ['trixie-security', 'trixie', 'bookworm-backports'],
  7.2: ['sid'],
};
export const SERIES = Object.keys(SUITES);

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

function mirrors() {
  const uris = [...new Set(output('apt-get', ['indextargets', '--format', '$(REPO_URI)']).split('\n'))];
  const find = (pattern) => uris.find((uri) => pattern.test(uri));
  const main = find(/\/debian\/?$/);
  if (main === undefined)
    throw new Unavailable('apt has no Debian mirror set up (is this Debian, and was apt-get update run?)');
  // Lists that were never fetched name no security mirror: it lies beside the main one.
  return {
    main,
    security: find(/\/debian-security\/?$/) ?? main.replace(/\/debian\/?$/, '/debian-security'),
  };
}

class PrivateApt {
  constructor(folder) {
    this.folder = folder;
    for (const name of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(folder, name), { recursive: true });
  }

  run(tool, args, cwd) {
    const options = {
      'Dir::Etc::sourcelist': join(this.folder, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::State::lists': join(this.folder, 'lists'),
      'Dir::Cache': join(this.folder, 'cache'),
      'APT::Sandbox::User': 'root',
    };
    const flags = Object.entries(options).map(([name, value]) => `-o${name}=${value}`);
    return output(tool, ['-qq', ...flags, ...args], cwd);
  }

  useSuite(suite) {
    const { main, security } = mirrors();
    const uri = suite.endsWith('-security') ? security : main;
    writeFileSync(join(this.folder, 'sources.list'), `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`);
    this.run('apt-get', ['update']);
  }

  newestImage(series) {
    const pattern = `^linux-image-${series.replace('.', '\\.')}([.+-].*)?-cloud-amd64$`;
    const names = this.run('apt-cache', ['search', '--names-only', pattern]).split('\n');
    return names
      .map((line) => line.split(' ')[0])
      .filter(Boolean)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
  }

  /** Packages that an image package without content stands for. */
  parts(image) {
    const names = ['binary', 'modules'].map((part) => image.replace('linux-image-', `linux-${part}-`));
    return names.filter(
      (name) => this.run('apt-cache', ['search', '--names-only', `^${name.replaceAll('+', '\\+')}$`]) !== '',
    );
  }
}

/** A folder with boot/vmlinuz-* and lib/modules/*. Newest of its series at the time it was first asked for. */
export function kernel(series, cache, say) {
  if (!(series in SUITES))
    throw new Unavailable(`no Debian kernel of series ${series} is known; there are ${SERIES.join(', ')}`);
  const folder = join(cache, `kernel-${series}`);
  if (!existsSync(folder)) download(series, folder, cache, say);
  const release = readdirSync(join(folder, 'lib/modules'))[0];
  return {
    release,
    image: join(folder, 'boot', `vmlinuz-${release}`),
    modules: join(folder, 'lib/modules', release),
  };
}

function download(series, folder, cache, say) {
  const apt = new PrivateApt(join(cache, 'apt'));
  for (const suite of SUITES[series]) {
    apt.useSuite(suite);
    const name = apt.newestImage(series);
    if (name === undefined) continue;
    say(`downloading ${name}`);
    const work = `${folder}.new`;
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    apt.run('apt-get', ['download', name, ...apt.parts(name)], work);
    for (const file of readdirSync(work).filter((each) => each.endsWith('.deb'))) {
      output('dpkg-deb', ['-x', join(work, file), work]);
      rmSync(join(work, file));
    }
    // Newer packages have everything below /usr.
    if (!existsSync(join(work, 'lib'))) renameSync(join(work, 'usr/lib'), join(work, 'lib'));
    const [release] = readdirSync(join(work, 'lib/modules'));
    output('busybox', ['depmod', '-b', work, release]);
    const image = join(work, 'boot', `vmlinuz-${release}`);
    mkdirSync(join(work, 'boot'), { recursive: true });
    if (!existsSync(image)) renameSync(join(work, 'lib/modules', release, 'vmlinuz'), image);
    renameSync(work, folder);
    return;
  }
  throw new Unavailable(`no kernel of series ${series} in ${SUITES[series].join(', ')}`);
}
