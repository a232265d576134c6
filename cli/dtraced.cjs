#!/usr/bin/env node
// The daemon, and the processes of its sessions.
'use strict';
// The build replaces import() in bundles: see start.cjs.
globalThis.__import = (specifier) => import(specifier);
require('./dist/dtraced.cjs');
