// Small files of Parquet and Arrow, written by libraries of another language, for ColumnarTests.
// npm i hyparquet-writer@0.17.0 apache-arrow@21.2.0 && node make_columnar.mjs
import { writeFileSync } from 'node:fs'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { vectorFromArray, Table, tableToIPC, Float64, Float32, Int32, Int64, Utf8, Dictionary, TimestampMillisecond, DateDay, Bool, List, Field } from 'apache-arrow'

const hours = Array.from({ length: 6 }, (_, i) => new Date(Date.UTC(2024, 0, 1, i)))
const days = Array.from({ length: 6 }, (_, i) => new Date(Date.UTC(2024, 0, 1 + i)))
const load = [1.5, 2.25, null, -4, 1e21, 0.1]
const shop = ['north', 'south', 'north', 'south', 'north', 'süd']

writeFileSync('six-rows.parquet', Buffer.from(parquetWriteBuffer({
  rowGroupSize: 4, // two groups
  columnData: [
    { name: 'time', data: hours, type: 'TIMESTAMP' },
    { name: 'load', data: load, type: 'DOUBLE' },
    { name: 'count', data: [1, 2, 3, 4, 5, 6], type: 'INT32', nullable: false },
    { name: 'large', data: [1n, 2n, 3n, 4n, 5n, 9007199254740993n], type: 'INT64' },
    { name: 'shop', data: shop, type: 'STRING' },
    { name: 'open', data: [true, false, true, true, false, null], type: 'BOOLEAN' },
    { name: 'bytes', data: Array.from({ length: 6 }, () => new Uint8Array([1, 2])), type: 'BYTE_ARRAY' },
  ],
})))

const table = new Table({
  time: vectorFromArray(hours, new TimestampMillisecond()),
  day: vectorFromArray(days, new DateDay()),
  load: vectorFromArray(load, new Float64()),
  small: vectorFromArray([0.1, 0.2, 0.3, 0.4, 0.5, null], new Float32()),
  large: vectorFromArray([1n, 2n, 3n, 4n, 5n, 9007199254740993n], new Int64()),
  shop: vectorFromArray(shop, new Dictionary(new Utf8(), new Int32())),
  open: vectorFromArray([true, false, true, true, false, null], new Bool()),
  list: vectorFromArray(hours.map(() => [1, 2]), new List(new Field('item', new Float64()))),
})
writeFileSync('six-rows.arrow', tableToIPC(table, 'file'))
writeFileSync('six-rows.arrows', tableToIPC(table, 'stream'))
