import { defineProvider } from '@dtrace/core/provider';
import { KernelInstructionProvider } from './kernel.js';
import { UserInstructionProvider } from './user.js';

export default defineProvider({
  name: 'instr',
  providers: [KernelInstructionProvider, UserInstructionProvider],
});
