/** Texts of what the checker reports: names, types, translators, actions. */
export const checkMessages = {
  'clause.unstable': {
    tag: 'D_ATTR_MIN',
    text: 'attributes for clause ({attributes}) are less than predefined minimum',
  },

  // ---- names
  'identifier.undefined': { tag: 'D_IDENT_UNDEF', text: 'failed to resolve {name}: Unknown variable name' },
  'identifier.no-type': {
    tag: 'D_IDENT_UNDEF',
    text: 'failed to resolve {name}: its type {wanted} is not defined here',
  },
  'identifier.ambiguous': {
    tag: 'D_IDENT_AMBIG',
    text: 'operator {operator}: {name} is both a tag of {type} and a global name',
  },
  'identifier.array-as-scalar': {
    tag: 'D_IDENT_BADREF',
    text: "associative array '{name}' may not be referenced as scalar",
  },
  'identifier.function-as-scalar': {
    tag: 'D_IDENT_BADREF',
    text: "function '{name}' may not be referenced as a scalar",
  },
  'identifier.scope-as-scalar': { tag: 'D_IDENT_BADREF', text: "'{name}' may only be used as {name}->name" },
  'variable.undefined': { tag: 'D_VAR_UNDEF', text: '{name} has not yet been declared or assigned' },
  'symbol.undefined': { tag: 'D_IDENT_UNDEF', text: 'failed to resolve {name}: Unknown symbol name' },
  'symbol.no-address': { tag: 'D_SYM_NOTYPES', text: 'the kernel does not tell the address of {name}' },
  'macro.undefined-variable': { tag: 'D_MACRO_UNDEF', text: 'macro variable {name} is not defined' },
  'macro.undefined-argument': { tag: 'D_MACRO_UNDEF', text: 'macro argument {name} is not defined' },
  'macro.overflow': {
    tag: 'D_MACRO_OFLOW',
    text: 'macro argument {name} constant {text} results in integer overflow',
  },
  'macro.unused': {
    tag: 'D_MACRO_UNUSED',
    text: "extraneous argument '{text}' (macro argument {number} is never used)",
  },
  'args.outside': { tag: 'D_ARGS_NONE', text: 'args[ ] may not be referenced outside of a probe clause' },
  'args.unstable': {
    tag: 'D_ARGS_MULTI',
    text: 'args[ ] may not be referenced: the probes that {probe} matches differ in their arguments',
  },
  'args.range': { tag: 'D_ARGS_IDX', text: 'index {index} is out of range for {probe} args[ ]' },
  'args.missing': { tag: 'D_ARGS_TYPE', text: 'args[{index}] {missing}' },
  'args.no-translator': {
    tag: 'D_ARGS_XLATOR',
    text: 'no translator for args[{index}] from {native} to {type} is defined',
  },

  // ---- values
  'expression.float': { tag: 'D_SYNTAX', text: 'D has no floating-point constants ({text})' },
  'expression.integer-range': {
    tag: 'D_INT_OFLOW',
    text: 'integer constant {text} does not fit any integer type',
  },
  'expression.action': { tag: 'D_CG_EXPR', text: 'action {name}( ) may not be called from an expression' },
  'expression.aggregating': {
    tag: 'D_CG_EXPR',
    text: 'aggregating function {name}( ) may only be assigned to an aggregation',
  },
  'expression.aggregation': {
    tag: 'D_OP_INCOMPAT',
    text: 'aggregation @{name} has no value an expression could use',
  },
  'expression.dynamic': { tag: 'D_CG_DYN', text: 'this expression has a dynamic result' },
  'call.not-a-name': { tag: 'D_FUNC_IDENT', text: 'only a function name can be called' },
  'call.not-a-function': { tag: 'D_FUNC_IDKIND', text: "'{name}' may not be referenced as a function" },
  'call.undefined': { tag: 'D_FUNC_UNDEF', text: 'undefined function name: {name}' },
  'prototype.length': {
    tag: 'D_PROTO_LEN',
    text: '{name} prototype mismatch: {passed} {what:passed} passed, {expected} expected',
  },
  'prototype.argument': {
    tag: 'D_PROTO_ARG',
    text: '{name} {what} #{number} is incompatible with prototype:\n\tprototype: {wanted}\n\t{what:9}: {type}',
  },
  'prototype.no-type': {
    tag: 'D_FUNC_UNDEF',
    text: '{name}( ) cannot be called: this kernel has no type {wanted}',
  },
  'prototype.not-scratch': {
    tag: 'D_PROTO_ARG',
    text: '{name} argument #{number} is incompatible with prototype:\n\tprototype: alloca pointer\n\t argument: non-alloca pointer',
  },
  'function.recursive': {
    tag: 'D_UNSUPPORTED',
    text: 'function {name} calls itself: its code is put where it is called, which must come to an end',
  },
  'function.too-many': {
    tag: 'D_PROG_LEN',
    text: 'functions and inlines are put where they are used, which would be in more than {limit} places here',
  },
  'function.no-value': { tag: 'D_SYNTAX', text: 'return without a value in a function of type {type}' },
  'function.void-value': { tag: 'D_SYNTAX', text: 'return with a value in a function of type void' },
  'key.type': { tag: 'D_KEY_TYPE', text: '{type} expression may not be used as {what} key' },
  'array.local': {
    tag: 'D_ARR_LOCAL',
    text: 'local variables may not be used as associative arrays: {name}',
  },
  'array.not-associative': { tag: 'D_ARR_BADREF', text: 'cannot access {what} as an associative array' },
  'array.register': { tag: 'D_UNKNOWN', text: '{name}[]: index out of bounds ({index})' },

  // ---- operators
  'operator.arithmetic': {
    tag: 'D_OP_ARITH',
    text: 'operator {operator} requires {operand} of arithmetic type',
  },
  'operator.integer': {
    tag: 'D_OP_INT',
    text: 'operator {operator} requires {operand} of integral type',
  },
  'operator.condition': { tag: 'D_OP_SCALAR', text: 'operator {operator} expression must be of scalar type' },
  'operator.scalar': {
    tag: 'D_OP_SCALAR',
    text: 'operator {operator} requires {operand} of scalar type',
  },
  'operator.incompatible': {
    tag: 'D_OP_INCOMPAT',
    text: 'operands have incompatible types: "{left}" {operator} "{right}"',
  },
  'operator.conditional': {
    tag: 'D_OP_INCOMPAT',
    text: 'operator ?: operands must have compatible types, not "{left}" and "{right}"',
  },
  'operator.lvalue': {
    tag: 'D_OP_LVAL',
    text: 'operator {operator} requires modifiable lvalue as an operand',
  },
  'operator.read-only': {
    tag: 'D_OP_WRITE',
    text: 'operator {operator} can only be applied to a writable variable',
  },
  'operator.unsized': {
    tag: 'D_OP_VFPTR',
    text: 'operator {operator} requires left-hand scalar operand of known size',
  },
  'operator.array': {
    tag: 'D_OP_ARRFUN',
    text: 'operator {operator} may not be applied to operand of type "{type}"',
  },
  'operator.incomplete': {
    tag: 'D_OP_INCOMPLETE',
    text: 'operator {operator} cannot be applied to a pointer to incomplete {type}',
  },
  'conditional.action': { tag: 'D_OP_ACT', text: 'action cannot be used in a conditional context' },
  'operator.action': { tag: 'D_OP_ACT', text: 'operator {operator} operands cannot be actions' },
  'operator.dynamic': { tag: 'D_OP_DYN', text: 'operator {operator} operands cannot be of dynamic type' },
  'operator.division-by-zero': { tag: 'D_DIV_ZERO', text: 'expression contains division by zero' },
  'operator.bounds': {
    tag: 'D_ARR_BOUNDS',
    text: 'index outside array bounds: {index}, max is {maximum}',
  },
  'dereference.not-pointer': { tag: 'D_DEREF_NONPTR', text: 'cannot dereference non-pointer type' },
  'dereference.void': { tag: 'D_DEREF_VOID', text: 'cannot dereference pointer to void' },
  'dereference.function': { tag: 'D_DEREF_FUNC', text: 'cannot dereference pointer to function' },
  'address.variable': { tag: 'D_ADDROF_VAR', text: 'cannot take address of dynamic variable' },
  'address.not-lvalue': { tag: 'D_ADDROF_LVAL', text: 'unacceptable operand for unary & operator' },
  'address.bit-field': { tag: 'D_ADDROF_BITFIELD', text: 'cannot take address of bit-field' },
  'member.unknown': { tag: 'D_TYPE_MEMBER', text: '{name} is not a member of {type}' },
  'member.incomplete': {
    tag: 'D_OP_INCOMPLETE',
    text: 'operator {operator} cannot be applied to a forward declaration: no {type} definition is available',
  },
  'member.not-pointer': { tag: 'D_OP_PTR', text: 'operator {operator} must be applied to a pointer' },
  'member.not-record-pointer': {
    tag: 'D_OP_SOU',
    text: 'operator -> cannot be applied to pointer to type "{type}"; must be applied to a struct or union pointer',
  },
  'member.not-record': {
    tag: 'D_OP_SOU',
    text: 'operator {operator} cannot be applied to type "{type}"; must be applied to a struct or union',
  },
  'cast.invalid': { tag: 'D_CAST_INVAL', text: 'invalid cast expression: "{from}" to "{to}"' },
  'stringof.type': { tag: 'D_STRINGOF_TYPE', text: 'cannot apply stringof to a value of type {type}' },
  'sizeof.type': { tag: 'D_SIZEOF_TYPE', text: 'cannot apply sizeof to an operand of unknown size' },
  'sizeof.bit-field': { tag: 'D_SIZEOF_BITFIELD', text: 'cannot apply sizeof to a bit-field' },
  'offsetof.type': { tag: 'D_OFFSETOF_TYPE', text: 'offsetof operand must be a struct or union type' },
  'offsetof.member': {
    tag: 'D_UNKNOWN',
    text: 'failed to determine offset of {name}: Member name not found',
  },
  'offsetof.bit-field': { tag: 'D_OFFSETOF_BITFIELD', text: 'cannot take offset of a bit-field: {name}' },
  'scratch.mixed': {
    tag: 'D_ALLOCA_INCOMPAT',
    text: '{name}: cannot reuse the same identifier for both alloca and non-alloca allocations',
  },
  'scratch.conditional': {
    tag: 'D_ALLOCA_INCOMPAT',
    text: 'ternary conditional with alloca and non-alloca branches cannot be assigned to a variable',
  },
  'scratch.size': {
    tag: 'D_ALLOCA_SIZE',
    text: '{name}({size}) size larger than scratchsize {limit}',
  },

  // ---- types and declarations
  'type.unknown': { tag: 'D_UNKNOWN', text: 'failed to resolve type {name}: Unknown type name' },
  'declaration.words': { tag: 'D_UNKNOWN', text: 'failed to resolve type {words} : Unknown type name' },
  'declaration.char': {
    tag: 'D_DECL_CHARATTR',
    text: 'invalid type declaration: short and long may not be used with char type',
  },
  'declaration.void': {
    tag: 'D_DECL_VOIDATTR',
    text: 'invalid type declaration: attributes may not be used with void type',
  },
  'declaration.class': { tag: 'D_DECL_BADCLASS', text: 'specified storage class not appropriate in D' },
  'declaration.classes': { tag: 'D_DECL_CLASS', text: 'only one storage class is allowed in a declaration' },
  'declaration.parameter-class': {
    tag: 'D_DECL_PARMCLASS',
    text: 'inappropriate storage class for function or associative array parameter',
  },
  'declaration.useless': { tag: 'D_DECL_USELESS', text: 'useless declaration' },
  'declaration.redeclared': { tag: 'D_DECL_IDRED', text: 'identifier redeclared: {name}' },
  'declaration.typedef-redeclared': { tag: 'D_DECL_IDRED', text: 'typedef redeclared: {name}' },
  'inline.redefined': {
    tag: 'D_DECL_IDRED',
    text: 'identifier redefined: {name}\n\t current: inline definition\n\tprevious: {previous}',
  },
  'declaration.type-redeclared': { tag: 'D_DECL_TYPERED', text: 'type redeclared: {name}' },
  'declaration.array-size': {
    tag: 'D_DECL_ARRSUB',
    text: 'positive integral constant expression or tuple signature expected as array declaration subscript',
  },
  'declaration.array-large': { tag: 'D_DECL_ARRBIG', text: 'array dimension too big' },
  'declaration.array-empty': {
    tag: 'D_DECL_ARRNULL',
    text: 'array declaration requires array dimension or tuple signature: {name}',
  },
  'declaration.nested-array': { tag: 'D_DECL_DYNOBJ', text: 'cannot declare an array of associative arrays' },
  'declaration.dynamic': { tag: 'D_DECL_DYNOBJ', text: 'cannot have dynamic member: {name}' },
  'declaration.mixed': { tag: 'D_DECL_COMBO', text: 'invalid type combination' },
  'declaration.void-member': { tag: 'D_DECL_VOIDOBJ', text: 'cannot have void member: {name}' },
  'declaration.void-array': { tag: 'D_DECL_VOIDOBJ', text: 'cannot declare array of void' },
  'declaration.void-object': { tag: 'D_DECL_VOIDOBJ', text: 'cannot have void object: {name}' },
  'declaration.local-array': {
    tag: 'D_DECL_LOCASSC',
    text: 'associative arrays may not be declared as local variables: {name}',
  },
  'declaration.incomplete': { tag: 'D_DECL_INCOMPLETE', text: 'incomplete struct/union/enum {type}: {name}' },
  'declaration.member-name': { tag: 'D_DECL_MNAME', text: 'member declaration requires a name' },
  'declaration.member-twice': {
    tag: 'D_UNKNOWN',
    text: "failed to define member '{name}': Duplicate member or variable name",
  },
  'declaration.bit-size': {
    tag: 'D_DECL_BFCONST',
    text: 'positive integral constant expression expected as bit-field size',
  },
  'declaration.bit-type': { tag: 'D_DECL_BFTYPE', text: 'invalid type for bit-field: {name}' },
  'declaration.bit-large': { tag: 'D_DECL_BFSIZE', text: 'bit-field too big for type: {name}' },
  'declaration.enumerator-constant': {
    tag: 'D_DECL_ENCONST',
    text: "enumerator '{name}' must be assigned to an integral constant expression",
  },
  'declaration.enumerator-large': {
    tag: 'D_DECL_ENOFLOW',
    text: "enumerator '{name}' value overflows INT_MAX (2147483647)",
  },
  'declaration.enumerator-twice': {
    tag: 'D_UNKNOWN',
    text: "failed to define enumerator '{name}': Duplicate member or variable name",
  },
  'declaration.parameter-type': {
    tag: 'D_DECL_PROTO_TYPE',
    text: '{what} prototype may not use parameter of type {type}: {name}, parameter #{number}',
  },
  'declaration.parameter-name': {
    tag: 'D_DECL_PROTO_NAME',
    text: 'parameter declaration requires a name: parameter #{number}',
  },
  'declaration.parameter-form': {
    tag: 'D_DECL_PROTO_FORM',
    text: 'parameter is {problem} declared in {what} prototype: {name}, parameter #{number}',
  },
  'declaration.void-name': { tag: 'D_DECL_PROTO_NAME', text: 'void parameter may not have a name: {name}' },
  'declaration.void-sole': { tag: 'D_DECL_PROTO_VOID', text: 'void must be sole parameter' },
  'inline.incompatible': {
    tag: 'D_OP_INCOMPAT',
    text: 'inline {name} definition uses incompatible types: "{left}" = "{right}"',
  },

  // ---- translators and providers
  'translator.none': { tag: 'D_XLATE_NONE', text: 'cannot translate from "{from}" to "{to}"' },
  'translator.no-conversion': {
    tag: 'D_XLATE_NOCONV',
    text: 'translator does not define conversion for member: {name}',
  },
  'translator.redeclared': {
    tag: 'D_XLATE_REDECL',
    text: 'translator from {from} to {to} has already been declared',
  },
  'translator.incomplete': { tag: 'D_XLATE_SOU', text: 'incomplete struct/union/enum {type}' },
  'translator.not-record': {
    tag: 'D_XLATE_SOU',
    text: 'translator output type must be a struct or union',
  },
  'translator.member': { tag: 'D_XLATE_MEMB', text: 'translator member {name} is not a member of {type}' },
  'translator.incompatible': {
    tag: 'D_XLATE_INCOMPAT',
    text: 'translator member {name} definition uses incompatible types: "{left}" = "{right}"',
  },
  'translator.pointer': {
    tag: 'D_OP_INCOMPAT',
    text: 'a translated pointer to {type} is nothing to keep: name a member, or dereference it',
  },
  'provider.name-long': {
    tag: 'D_PROV_BADNAME',
    text: 'provider name may not exceed {limit} characters: {name}',
  },
  'provider.name-digit': { tag: 'D_PROV_BADNAME', text: 'provider name may not end with a digit: {name}' },
  'provider.probe-long': {
    tag: 'D_PROV_BADNAME',
    text: 'probe name may not exceed {limit} characters: {name}',
  },
  'provider.probe-twice': { tag: 'D_PROV_PRDUP', text: 'probe redeclared: {name}' },
  'provider.differs': {
    tag: 'D_PROV_INCOMPAT',
    text: 'provider interface mismatch: probe {name} was not defined before',
  },
  'provider.parameters': { tag: 'D_PROV_PRARGLEN', text: 'probe {name} has more than {limit} parameters' },
  'provider.passed': {
    tag: 'D_PROV_PRARGLEN',
    text: 'probe {name} has more than {limit} parameters: compilers take no more operands for one place',
  },
  'provider.by-value': {
    tag: 'D_DECL_PROTO_TYPE',
    text: 'probe {name} parameter #{number} may not have type {type}: a program passes words; pass a pointer',
  },
  'provider.no-translator': {
    tag: 'D_PROV_PRXLATOR',
    text: 'translator for {probe} output argument #{number} from {from} to {to} is not defined',
  },

  // ---- clauses
  'probe.none': { tag: 'D_PDESC_ZERO', text: 'probe description {description} does not match any probes' },
  'probe.number': { tag: 'D_PDESC_INVAL', text: 'invalid probe identifier {id}: Unknown probe identifier' },
  'predicate.scalar': { tag: 'D_PRED_SCALAR', text: 'predicate result must be of scalar type' },
  'statement.condition': { tag: 'D_OP_SCALAR', text: 'a condition must be of scalar type, not {type}' },
  'statement.loop': { tag: 'D_SYNTAX', text: '{word} outside of a loop' },
  'statement.return': {
    tag: 'D_SYNTAX',
    text: 'return leaves functions only; in a clause, return(value) makes the probed function return',
  },
  'order.commit-after-data': {
    tag: 'D_COMM_DREC',
    text: 'commit( ) may not follow data-recording action(s)',
  },
  'order.speculate-twice': { tag: 'D_SPEC_SPEC', text: 'speculate( ) may not follow speculate( )' },
  'order.speculate-after-commit': { tag: 'D_SPEC_COMM', text: 'speculate( ) may not follow commit( )' },
  'order.speculate-after-data': {
    tag: 'D_SPEC_DREC',
    text: 'speculate( ) may not follow data-recording action(s)',
  },
  'order.aggregate-after-commit': { tag: 'D_AGG_COMM', text: 'aggregating actions may not follow commit( )' },
  'order.aggregate-after-speculate': {
    tag: 'D_AGG_SPEC',
    text: 'aggregating actions may not follow speculate( )',
  },
  'order.destructive-after-speculate': {
    tag: 'D_ACT_SPEC',
    text: 'destructive actions may not follow speculate( )',
  },
  'order.exit-after-speculate': { tag: 'D_EXIT_SPEC', text: 'exit( ) may not follow speculate( )' },
  'order.data-after-commit': { tag: 'D_DREC_COMM', text: 'data-recording actions may not follow commit( )' },

  // ---- aggregations
  'aggregation.undefined': { tag: 'D_IDENT_UNDEF', text: 'failed to resolve @{name}: no such aggregation' },
  'aggregation.no-effect': { tag: 'D_AGG_NULL', text: 'expression has null effect: @{name}' },
  'aggregation.dimensions': {
    tag: 'D_AGG_MDIM',
    text: 'improper attempt to reference @{name} as a multi-dimensional array',
  },
  'aggregation.function': {
    tag: 'D_AGG_FUNC',
    text: '@{name} must be assigned the result of an aggregating function',
  },
  'aggregation.redefined': {
    tag: 'D_AGG_REDEF',
    text: 'aggregation redefined: @{name} = {now}( ), was {before}( )',
  },
  'aggregation.key-display': {
    tag: 'D_PROTO_ARG',
    text: 'a key cannot be {here}( ) here and {elsewhere}( ) elsewhere in one aggregation: use two',
  },
  'aggregation.scalar': { tag: 'D_AGG_SCALAR', text: '{name}( ) argument #1 must be of scalar type' },
  'aggregation.operator': {
    tag: 'D_OP_INCOMPAT',
    text: 'operator {operator} cannot be applied to aggregation @{name}',
  },
  'aggregation.assigned': {
    tag: 'D_OP_LVAL',
    text: 'the assignment to @{name} must be a statement of its own',
  },
  'lquantize.base-type': {
    tag: 'D_LQUANT_BASETYPE',
    text: 'lquantize( ) argument #1 must be an integer constant',
  },
  'lquantize.base-value': {
    tag: 'D_LQUANT_BASEVAL',
    text: 'lquantize( ) argument #1 must be a 32-bit quantity',
  },
  'lquantize.limit-type': {
    tag: 'D_LQUANT_LIMTYPE',
    text: 'lquantize( ) argument #2 must be an integer constant',
  },
  'lquantize.limit-value': {
    tag: 'D_LQUANT_LIMVAL',
    text: 'lquantize( ) argument #2 must be a 32-bit quantity',
  },
  'lquantize.order': {
    tag: 'D_LQUANT_MISMATCH',
    text: 'lquantize( ) base (argument #1) must be less than limit (argument #2)',
  },
  'lquantize.step-type': {
    tag: 'D_LQUANT_STEPTYPE',
    text: 'lquantize( ) argument #3 must be a non-zero positive integer constant',
  },
  'lquantize.step-value': {
    tag: 'D_LQUANT_STEPVAL',
    text: 'lquantize( ) argument #3 must be a 16-bit quantity',
  },
  'lquantize.step-large': {
    tag: 'D_LQUANT_STEPLARGE',
    text: 'lquantize( ) step (argument #3) too large: there must be at least one quantization level',
  },
  'lquantize.step-small': {
    tag: 'D_LQUANT_STEPSMALL',
    text: 'lquantize( ) step (argument #3) too small: the number of quantization levels must be a 16-bit quantity',
  },
  'lquantize.base-differs': {
    tag: 'D_LQUANT_MATCHBASE',
    text: "lquantize( ) base (argument #1) doesn't match previous declaration: expected {expected}, found {found}",
  },
  'lquantize.limit-differs': {
    tag: 'D_LQUANT_MATCHLIM',
    text: "lquantize( ) limit (argument #2) doesn't match previous declaration: expected {expected}, found {found}",
  },
  'lquantize.step-differs': {
    tag: 'D_LQUANT_MATCHSTEP',
    text: "lquantize( ) step (argument #3) doesn't match previous declaration: expected {expected}, found {found}",
  },
  'llquantize.factor-type': {
    tag: 'D_LLQUANT_FACTORTYPE',
    text: 'llquantize( ) argument #1 must be an integer constant',
  },
  'llquantize.factor-value': {
    tag: 'D_LLQUANT_FACTORVAL',
    text: 'llquantize( ) argument #1 must be an unsigned 16-bit quantity of at least 2',
  },
  'llquantize.low-type': {
    tag: 'D_LLQUANT_LMAGTYPE',
    text: 'llquantize( ) argument #2 must be an integer constant',
  },
  'llquantize.low-value': {
    tag: 'D_LLQUANT_LMAGVAL',
    text: 'llquantize( ) argument #2 must be an unsigned 16-bit quantity',
  },
  'llquantize.high-type': {
    tag: 'D_LLQUANT_HMAGTYPE',
    text: 'llquantize( ) argument #3 must be an integer constant',
  },
  'llquantize.high-value': {
    tag: 'D_LLQUANT_HMAGVAL',
    text: 'llquantize( ) argument #3 (high magnitude) {problem}',
  },
  'llquantize.steps-type': {
    tag: 'D_LLQUANT_STEPTYPE',
    text: 'llquantize( ) argument #4 must be a non-zero positive integer constant',
  },
  'llquantize.steps-value': { tag: 'D_LLQUANT_STEPVAL', text: 'llquantize( ) argument #4 (steps) {problem}' },
  'llquantize.factor-differs': {
    tag: 'D_LLQUANT_MATCHFACTOR',
    text: "llquantize( ) factor (argument #1) doesn't match previous declaration: expected {expected}, found {found}",
  },
  'llquantize.low-differs': {
    tag: 'D_LLQUANT_MATCHLMAG',
    text: "llquantize( ) low magnitude (argument #2) doesn't match previous declaration: expected {expected}, found {found}",
  },
  'llquantize.high-differs': {
    tag: 'D_LLQUANT_MATCHHMAG',
    text: "llquantize( ) high magnitude (argument #3) doesn't match previous declaration: expected {expected}, found {found}",
  },
  'llquantize.steps-differ': {
    tag: 'D_LLQUANT_MATCHSTEPS',
    text: "llquantize( ) steps (argument #4) don't match previous declaration: expected {expected}, found {found}",
  },

  // ---- actions
  'trace.void': { tag: 'D_TRACE_VOID', text: 'trace( ) may not be applied to a void expression' },
  'trace.dynamic': { tag: 'D_TRACE_DYN', text: 'trace( ) may not be applied to a dynamic expression' },
  'tracemem.address': {
    tag: 'D_TRACEMEM_ADDR',
    text: 'tracemem( ) argument #1 is incompatible with prototype:\n\tprototype: pointer or integer\n\t argument: {type}',
  },
  'tracemem.size': {
    tag: 'D_TRACEMEM_SIZE',
    text: 'tracemem( ) argument #2 must be a non-zero positive integral constant expression',
  },
  'stack.size': {
    tag: 'D_STACK_SIZE',
    text: '{name}( ) argument #1 must be a non-zero positive integer constant',
  },
  'stack.frames': {
    tag: 'D_USTACK_FRAMES',
    text: '{name}( ) argument #1 must be a non-zero positive integer constant',
  },
  'stack.strsize': {
    tag: 'D_USTACK_STRSIZE',
    text: '{name}( ) argument #2 must be a positive integer constant',
  },
  'print.size': {
    tag: 'D_PRINT_SIZE',
    text: "print( ) argument #1 reference has type '{type}' with size 0; cannot print( ) it.",
  },
  'freopen.name': { tag: 'D_FREOPEN_INVALID', text: 'freopen( ) argument #1 cannot be "{text}"' },
  'printf.format': {
    tag: 'D_PRINTF_ARG_FMT',
    text: '{name}( ) argument #1 is incompatible with prototype:\n\tprototype: string constant\n\t argument: {type}',
  },
  'printf.empty': { tag: 'D_PRINTF_FMT_EMPTY', text: '{name} format string is empty' },
  'printf.extra': {
    tag: 'D_PRINTF_ARG_EXTRA',
    text: '{name} prototype mismatch: only {count} arguments required by this format string',
  },
  'printf.no-argument': {
    tag: 'D_PRINTF_ARG_PROTO',
    text: '{name} prototype mismatch: conversion #{conversion} (%{text}) is missing a corresponding value argument',
  },
  'printf.argument-type': {
    tag: 'D_PRINTF_ARG_TYPE',
    text: '{name} {what} is incompatible with conversion #{conversion} prototype:\n\tconversion: %{text}\n\t prototype: {wanted}\n\t  argument: {type}',
  },
  'printf.no-size': {
    tag: 'D_PRINTF_DYN_PROTO',
    text: '{name} prototype mismatch: conversion #{conversion} (%{text}) is missing a corresponding "{dynamic}" argument',
  },
  'printf.size-type': {
    tag: 'D_PRINTF_DYN_TYPE',
    text: '{name} argument #{number} is incompatible with conversion #{conversion} prototype:\n\tconversion: % {dynamic} {text}\n\t prototype: int\n\t  argument: {type}',
  },
  'printf.aggregation': {
    tag: 'D_PRINTF_AGG_CONV',
    text: '%@ conversion requires an aggregation and is not for use with {name}',
  },
  'printf.unfinished': {
    tag: 'D_SYNTAX',
    text: 'format conversion #{conversion} name expected before end of format string',
  },
  'printf.unknown': { tag: 'D_SYNTAX', text: 'format conversion #{conversion} is undefined: %{text}' },
  'printf.positional': {
    tag: 'D_SYNTAX',
    text: 'format conversion #{conversion} uses unsupported positional format (%n$)',
  },
  'printf.stars': {
    tag: 'D_SYNTAX',
    text: "format conversion #{conversion} has more than one '*' specified for the output {part}",
  },
  'printf.dots': { tag: 'D_SYNTAX', text: "format conversion #{conversion} has more than one '.' specified" },
  'printf.percent': {
    tag: 'D_SYNTAX',
    text: 'format conversion #{conversion} cannot be combined with other format flags: %%',
  },
  'printa.length': {
    tag: 'D_PRINTA_PROTO',
    text: 'printa( ) prototype mismatch: {passed} args passed, {expected} expected',
  },
  'printa.argument': {
    tag: 'D_PRINTA_AGGARG',
    text: 'printa( ) argument #{number} is incompatible with prototype:\n\tprototype: aggregation\n\t argument: {type}',
  },
  'printa.undefined': { tag: 'D_PRINTA_AGGBAD', text: 'undefined aggregation: @{name}' },
  'printa.key-count': {
    tag: 'D_PRINTA_AGGKEY',
    text: 'printa( ): @{left} and @{right} do not have matching key signatures: @{left} has {expected} {key:expected}, @{right} has {found} {key:found}',
  },
  'printa.key-type': {
    tag: 'D_PRINTA_AGGPROTO',
    text: 'printa( ): @{right}[ ] key #{number} is incompatible with @{left}:\n{left:9} key #{number}: {expected}\n{right:9} key #{number}: {found}',
  },
  'clear.argument': {
    tag: 'D_CLEAR_AGGARG',
    text: '{name}( ) argument #1 is incompatible with prototype:\n\tprototype: aggregation\n\t argument: {type}',
  },
  'clear.undefined': { tag: 'D_CLEAR_AGGBAD', text: 'undefined aggregation: @{name}' },
  'trunc.argument': {
    tag: 'D_TRUNC_AGGARG',
    text: '{name}( ) argument #1 is incompatible with prototype:\n\tprototype: aggregation\n\t argument: {type}',
  },
  'trunc.undefined': { tag: 'D_TRUNC_AGGBAD', text: 'undefined aggregation: @{name}' },
  'normalize.argument': {
    tag: 'D_NORMALIZE_AGGARG',
    text: '{name}( ) argument #1 is incompatible with prototype:\n\tprototype: aggregation\n\t argument: {type}',
  },
  'normalize.undefined': { tag: 'D_NORMALIZE_AGGBAD', text: 'undefined aggregation: @{name}' },
  'support.planned': { tag: 'D_UNSUPPORTED', text: '{name}( ) is known but does not work yet' },
  'support.absent': { tag: 'D_UNSUPPORTED', text: '{name}( ) does not exist on Linux: {reason}' },
  'program.frame': {
    tag: 'D_PROG_LEN',
    text: 'the program of this clause needs {bytes} bytes of stack, and BPF has {limit}: split its expressions',
  },
  'program.jumps': {
    tag: 'D_PROG_LEN',
    text: 'the clauses of {probe} make {count} instructions, and before Linux 6.6 a BPF program jumps over {limit} at most: write fewer or shorter ones',
  },
  'program.maps': {
    tag: 'D_PROG_LEN',
    text: 'one clause uses {count} arrays and aggregations, and a BPF program has room for {limit}: split it',
  },
  'support.no-code': { tag: 'D_UNSUPPORTED', text: '{name} does not work yet' },
  'support.place': {
    tag: 'D_UNSUPPORTED',
    text: '{name}( ) cannot work in this probe: only at the entry of a kernel function can it make one return',
  },
  'support.function': {
    tag: 'D_UNSUPPORTED',
    text: '{name}( ) cannot work for {function}( ): it is not among the functions that this kernel lets fail (/sys/kernel/debug/error_injection/list)',
  },
  'support.kernel': { tag: 'D_UNSUPPORTED', text: '{name}( ) cannot work on this kernel: {reason}' },
  'support.destructive': { tag: 'D_DESTRUCTIVE', text: 'destructive actions not allowed: {name}( )' },

  // ---- what a session may do
  'privilege.kernel': {
    tag: 'D_PRIVILEGE',
    text: '{what} is out of reach: it needs the privilege dtrace_kernel',
    hint: 'without it, read memory of processes by copyin( ) and copyinstr( )',
  },
  'privilege.process': {
    tag: 'D_PRIVILEGE',
    text: '{what} is out of reach here: BEGIN, END, ERROR and tick probes run in a process that need not be yours',
  },
  'privilege.destructive': {
    tag: 'D_PRIVILEGE',
    text: '{name}( ) changes what is traced: it needs the privilege destructive',
  },
  'privilege.turns': {
    tag: 'D_PRIVILEGE',
    text: 'the loops of this clause may take {count} turns, and {most} are allowed: see -x looplimit',
  },

  // ---- pragmas
  'pragma.unknown': { tag: 'D_PRAGMA_INVAL', text: 'invalid D pragma: {name}' },
  'pragma.error': { tag: 'D_PRAGERR', text: '#error: {text} ' },
  'pragma.malformed': { tag: 'D_PRAGMA_MALFORM', text: 'malformed #pragma {name} {form}' },
  'pragma.superfluous': {
    tag: 'D_PRAGMA_MALFORM',
    text: 'superfluous arguments specified for #pragma {name}',
  },
  'pragma.option': { tag: 'D_PRAGMA_OPTSET', text: "failed to set option '{name}'{setting}: {problem}" },
  'pragma.invalid': { tag: 'D_PRAGMA_INVAL', text: 'invalid {problem} specified by #pragma {name}' },
  'pragma.scope': {
    tag: 'D_PRAGMA_SCOPE',
    text: '#pragma {name} cannot modify what this program does not define: {target}',
  },
  'pragma.unused': { tag: 'D_PRAGMA_UNUSED', text: 'unused #pragma {name}' },
  'pragma.library': {
    tag: 'D_PRAGMA_DEPEND',
    text: 'main program may not explicitly depend on a library',
  },
  'library.missing': {
    tag: 'D_PRAGMA_DEPEND',
    text: 'library {name} depends on {target}, which is in no library directory',
  },
  'library.circular': { tag: 'D_PRAGMA_DEPEND', text: 'libraries depend on each other: {names}' },
  'pragma.dependency': { tag: 'D_PRAGMA_DEPEND', text: 'program requires {kind} {target}' },
} as const;
