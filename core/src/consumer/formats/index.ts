/** The forms of output that come with the engine. */
import { JsonOutput } from '../json.js';
import type { OutputFormat } from '../output-format.js';
import { TextOutput } from '../text.js';
import { colours } from './colours.js';
import { csv } from './csv.js';
import { flameGraph } from './flame-graph.js';
import { folded } from './folded.js';
import { heatMap } from './heat-map.js';
import { speedscope } from './speedscope.js';
import { top } from './top.js';

const text: OutputFormat = {
  name: 'text',
  help: 'what DTrace prints',
  create: ({ sink, complain, options, terminal }) =>
    new TextOutput(sink, complain, options, terminal?.colour ? colours : undefined),
};

const json: OutputFormat = {
  name: 'json',
  help: 'one JSON object a line, for every event',
  create: (context) => new JsonOutput(context.sink, context, context.complain),
};

export const builtInFormats: readonly OutputFormat[] = [
  text,
  json,
  csv,
  top,
  flameGraph,
  heatMap,
  folded,
  speedscope,
];
