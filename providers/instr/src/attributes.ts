import { attributes, type ProviderAttributes } from '@dtrace/core/provider';

const PRIVATE = attributes('Private', 'Private', 'Unknown');

export const NAME = 'instr';

export const ATTRIBUTES: ProviderAttributes = {
  provider: attributes('Evolving', 'Evolving', 'ISA'),
  module: PRIVATE,
  function: PRIVATE,
  name: attributes('Private', 'Private', 'ISA'),
  args: attributes('Evolving', 'Evolving', 'ISA'),
};

export const OTHER_MACHINE = 'it knows the instructions of x86-64 only';
