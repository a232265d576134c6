export { argumentWords, parameterPlaces, resultPlace } from './calling-convention.js';
export { isPattern, type NameMatcher, nameMatcher } from './glob.js';
export { probeMatcher, providerAnswers } from './matching.js';
export * from './probe.js';
export * from './provider.js';
export { ProbeRegistry, type ProviderProblem, type RegisteredProbe } from './registry.js';
export * from './site.js';
export { builtInDescribers, hasTracepoint } from './site-kinds/index.js';
export * from './site-layout.js';
