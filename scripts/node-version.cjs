// Old syntax on purpose: this file must run on the versions it refuses.
var parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 19)) {
  console.error('dtrace: Node.js 20.19 or newer is needed; this is', process.versions.node);
  process.exit(1);
}
