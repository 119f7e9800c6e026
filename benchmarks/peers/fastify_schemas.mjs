// The Fastify peer's schemas, which Fastify compiles: validators for what comes in, writers for what goes out.
const word = { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9_.-]*$' }
const text = maxLength => ({ type: 'string', minLength: 1, maxLength })
const nullable = schema => ({ ...schema, nullable: true })
const targetId = { ...text(255), pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' }
const document = nullable({ type: 'object', additionalProperties: true })
const uuid = { type: 'string', format: 'uuid' }

const activityIn = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'type', 'targetType', 'targetId', 'datetime', 'author'],
  properties: {
    id: uuid,
    type: word,
    targetType: word,
    targetId,
    sourceDomain: nullable(text(64)),
    datetime: { type: 'string', format: 'date-time' },
    timeToLive: nullable({ type: 'string', pattern: '^P[1-9][0-9]{0,5}D$' }),
    oldData: document,
    newData: document,
    author: {
      type: 'object',
      additionalProperties: false,
      required: ['fullName'],
      properties: {
        id: nullable(text(255)),
        fullName: text(255),
        email: nullable({ type: 'string', maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })
      }
    },
    correlationId: nullable(text(128))
  }
}

export const body = {
  if: { type: 'array' },
  then: { type: 'array', minItems: 1, maxItems: 1000, items: activityIn },
  else: activityIn
}

export const idParams = { type: 'object', properties: { id: uuid } }

export const listQuery = {
  type: 'object',
  required: ['targetId'],
  properties: {
    targetId,
    pageSize: { type: 'integer', minimum: 1, maximum: 1000, default: 20 },
    paginationToken: { type: 'string' }
  }
}

const string = { type: 'string' }
const stringOrNull = nullable(string)

export const record = {
  type: 'object',
  properties: {
    id: string,
    type: string,
    targetType: string,
    targetId: string,
    sourceDomain: stringOrNull,
    datetime: string,
    timeToLive: stringOrNull,
    oldData: document,
    newData: document,
    author: { type: 'object', properties: { id: stringOrNull, fullName: string, email: stringOrNull } },
    correlationId: stringOrNull,
    recordedAt: string,
    expiresAt: stringOrNull
  }
}

export const page = {
  type: 'object',
  properties: {
    results: { type: 'array', items: record },
    paginationDetails: { type: 'object', properties: { nextToken: stringOrNull } }
  }
}

export const outcome = {
  type: 'object',
  properties: {
    created: { type: 'integer' },
    existing: { type: 'integer' },
    results: { type: 'array', items: { type: 'object', properties: { id: string, status: string } } }
  }
}
