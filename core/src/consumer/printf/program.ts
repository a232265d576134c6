/** A format made into one function. Formats are compiled once per action; printing only runs them. */
import type { Field } from '../../compiler/image.js';
import { type Conversion, parseFormat } from '../../language/printf-format.js';
import { isInteger, type Value } from '../values.js';
import { type Convert, converter, type Printing, shapeOf } from './conversions.js';

/** Text of the next aggregation's value under a conversion with `@`. */
export type AggregationText = (position: number, conversion: Conversion) => string;

/** `aggregation` is asked only by formats of printa(). */
export type FormatProgram = (values: readonly Value[], aggregation?: AggregationText) => string;

type Piece = FormatProgram;

/** A format the checker let pass never fails here; one it did not is printed as it stands. */
export function compileFormat(text: string, fields: readonly Field[], printing: Printing): FormatProgram {
  const format = parseFormat(text);
  if ('problem' in format) return () => text;
  const pieces: Piece[] = [];
  const prefixes: string[] = [];
  let next = 0;
  let aggregations = 0;
  let literal = '';
  for (const conversion of format.conversions) {
    literal += conversion.prefix;
    if (conversion.name === '%') {
      literal += '%';
      continue;
    }
    prefixes.push(literal);
    literal = '';
    const width = conversion.width === 'argument' ? next++ : undefined;
    const precision = conversion.precision === 'argument' ? next++ : undefined;
    if (conversion.flags.aggregation) {
      pieces.push(aggregationPiece(conversion, aggregations++));
    } else {
      const convert = converter(conversion, shapeOf(fields[next]), printing);
      pieces.push(valuePiece(conversion, convert, next++, width, precision));
    }
  }
  return joined(prefixes, pieces, literal + format.rest);
}

function valuePiece(
  conversion: Conversion,
  convert: Convert,
  index: number,
  widthIndex: number | undefined,
  precisionIndex: number | undefined,
): Piece {
  const width = typeof conversion.width === 'number' ? conversion.width : 0;
  const precision = typeof conversion.precision === 'number' ? conversion.precision : 0;
  if (widthIndex === undefined && precisionIndex === undefined) {
    return (values) => {
      const value = values[index];
      return value === undefined ? '' : convert(value, width, precision);
    };
  }
  return (values) => {
    const value = values[index];
    if (value === undefined) return '';
    return convert(value, argument(values, widthIndex, width), argument(values, precisionIndex, precision));
  };
}

function argument(values: readonly Value[], index: number | undefined, otherwise: number): number {
  const value = index === undefined ? otherwise : values[index];
  // A 32-bit int, as C takes it.
  return isInteger(value) ? Number(BigInt.asIntN(32, BigInt(value))) : otherwise;
}

function aggregationPiece(conversion: Conversion, position: number): Piece {
  return (_values, aggregation) => aggregation?.(position, conversion) ?? '';
}

function joined(prefixes: readonly string[], pieces: readonly Piece[], rest: string): FormatProgram {
  if (pieces.length === 0) return () => rest;
  return (values, aggregation) => {
    let text = '';
    for (let index = 0; index < pieces.length; index++) {
      text += prefixes[index]! + pieces[index]!(values, aggregation);
    }
    return text + rest;
  };
}
