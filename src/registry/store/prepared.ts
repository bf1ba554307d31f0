/**
 * Queries that are built and compiled once for each database; from then on only their parameters change.
 *
 * To build a query takes about as long as to run it.
 *
 * @module
 */

import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

type Database = Kysely<Schema>;

/** Where a parameter of that name goes. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * The query that `build` makes, to be run with any parameters; returned are its rows.
 *
 * `build` must not look into its parameters: what it is given only marks their places. All calls name the same ones.
 */
export function prepared<P extends Readonly<Record<string, unknown>>, Row>(
  build: (db: Database, parameters: P) => Compilable<Row>,
) {
  // By adapter: a database has one, and so have all its transactions.
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  return async (db: Database, parameters: P): Promise<readonly Row[]> => {
    const { adapter } = db.getExecutor();
    const query = compiled.get(adapter) ?? build(db, placesOf(parameters)).compile();
    compiled.set(adapter, query);
    const values = query.parameters.map((value) => (value instanceof Place ? parameters[value.name] : value));
    const { rows } = await db.executeQuery<Row>({ ...query, parameters: values });
    return rows;
  };
}

function placesOf<P extends object>(parameters: P): P {
  const places = Object.keys(parameters).map((name) => [name, new Place(name)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- kysely takes any value for a parameter, and looks into none
  return Object.fromEntries(places) as P;
}
