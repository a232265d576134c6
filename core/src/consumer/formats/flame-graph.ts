/** Flame graphs: how often each function was on the stack, as wide as that, on top of who called it. */
import type { OutputFormat } from '../output-format.js';
import { escapeXml, svgPage } from './svg.js';
import { type StackProfile, stackOutput, type WeightedStack } from './weighted-stacks.js';

interface Node {
  readonly name: string;
  weight: number;
  readonly children: Map<string, Node>;
}

const WIDTH = 1200;
const MARGIN = 10;
const ROW = 17;
const HEAD = 40;
const FOOT = 30;
const CHARACTER = 7.2;
/** Narrower than this nobody sees it. */
const LEAST = 0.3;

function treeOf(stacks: readonly WeightedStack[]): Node {
  const root: Node = { name: 'all', weight: 0, children: new Map() };
  for (const { frames, weight } of stacks) {
    root.weight += weight;
    let at = root;
    for (const name of frames) {
      let next = at.children.get(name);
      if (next === undefined) {
        next = { name, weight: 0, children: new Map() };
        at.children.set(name, next);
      }
      next.weight += weight;
      at = next;
    }
  }
  return root;
}

/** One function has one colour in every picture. */
function colourOf(name: string): string {
  let hash = 2166136261;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 16777619) >>> 0;
  const kernel = name.startsWith('vmlinux`');
  return `hsl(${kernel ? 205 + (hash % 30) : 12 + (hash % 42)},${62 + ((hash >> 8) % 25)}%,${62 + ((hash >> 16) % 12)}%)`;
}

const depthOf = (node: Node): number =>
  1 + [...node.children.values()].reduce((most, child) => Math.max(most, depthOf(child)), 0);

function boxes(root: Node, bottom: number): string {
  const scale = (WIDTH - 2 * MARGIN) / root.weight;
  let text = '';
  const draw = (node: Node, left: number, depth: number): void => {
    const width = node.weight * scale;
    if (width < LEAST) return;
    const x = left.toFixed(1);
    const y = bottom - (depth + 1) * ROW;
    const share = ((100 * node.weight) / root.weight).toFixed(2);
    const name = escapeXml(node.name);
    text += `<g data-x="${x}" data-w="${width.toFixed(2)}" data-n="${name}"><title>${name} (${node.weight}, ${share}%)</title>`;
    text += `<rect x="${x}" y="${y}" width="${width.toFixed(2)}" height="${ROW - 1}" rx="1" fill="${colourOf(node.name)}"/>`;
    text += `<text x="${(left + 3).toFixed(1)}" y="${y + 12}">${escapeXml(fitting(node.name, width))}</text></g>\n`;
    let next = left;
    for (const child of [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      draw(child, next, depth + 1);
      next += child.weight * scale;
    }
  };
  draw(root, MARGIN, 0);
  return text;
}

function fitting(name: string, width: number): string {
  const room = Math.floor((width - 6) / CHARACTER);
  if (name.length <= room) return name;
  return room < 3 ? '' : `${name.slice(0, room - 1)}…`;
}

/** Click: zoom to a frame; click on `all`: back. Ctrl-F or `/`: mark what a pattern matches. */
const SCRIPT = `
const root = document.documentElement, all = [...root.querySelectorAll('g')];
const left = ${MARGIN}, room = ${WIDTH - 2 * MARGIN}, character = ${CHARACTER};
const info = root.querySelector('#info');
const fit = (name, width) => {
  const fits = Math.floor((width - 6) / character);
  return name.length <= fits ? name : fits < 3 ? '' : name.slice(0, fits - 1) + '…';
};
function zoom(to) {
  const x0 = +to.dataset.x, w0 = +to.dataset.w, level = +to.querySelector('rect').getAttribute('y');
  for (const g of all) {
    const rect = g.querySelector('rect'), text = g.querySelector('text');
    const x = +g.dataset.x, w = +g.dataset.w, below = +rect.getAttribute('y') > level;
    const holds = below && x <= x0 + 0.05 && x + w >= x0 + w0 - 0.05;
    const inside = !below && x >= x0 - 0.05 && x + w <= x0 + w0 + 0.05;
    g.style.display = holds || inside ? '' : 'none';
    const nx = holds ? left : left + (x - x0) * room / w0, nw = holds ? room : w * room / w0;
    rect.setAttribute('x', nx); rect.setAttribute('width', nw);
    rect.style.opacity = holds ? 0.5 : 1;
    text.setAttribute('x', nx + 3); text.textContent = fit(g.dataset.n, nw);
  }
}
function mark() {
  const pattern = prompt('Mark functions that match (a regular expression):', '');
  if (pattern === null) return;
  const wanted = pattern === '' ? undefined : new RegExp(pattern);
  let marked = 0;
  for (const g of all) {
    const hit = wanted !== undefined && wanted.test(g.dataset.n);
    g.querySelector('rect').style.fill = hit ? '#d02090' : '';
    if (hit) marked++;
  }
  info.textContent = wanted ? marked + ' frames match ' + pattern : '';
}
for (const g of all) {
  g.style.cursor = 'pointer';
  g.addEventListener('click', () => zoom(g));
  g.addEventListener('mouseover', () => { info.textContent = g.querySelector('title').textContent; });
}
addEventListener('keydown', (event) => {
  if (event.key === '/' || (event.ctrlKey && event.key === 'f')) { event.preventDefault(); mark(); }
});`;

export function flameGraphPage(profiles: readonly StackProfile[], title: string): string {
  const root = treeOf(profiles.flatMap(({ stacks }) => stacks));
  const height = HEAD + depthOf(root) * ROW + FOOT;
  const info = `<text id="info" x="${MARGIN}" y="${height - 10}"></text>\n`;
  const body = root.weight === 0 ? '' : boxes(root, height - FOOT);
  return svgPage(WIDTH, height, title, `${body}${info}`, SCRIPT);
}

export const flameGraph: OutputFormat = {
  name: 'flamegraph',
  help: 'aggregated stacks as a picture (SVG) to zoom and search in',
  parameters: { title: 'the heading' },
  create: (context) =>
    stackOutput(context, (profiles) =>
      flameGraphPage(profiles, context.parameters.get('title') ?? 'Flame graph'),
    ),
};
