// The same API by Fastify, postgres.js and fast-jwt, as their documentation teaches it: compiled schemas for what
// comes in and goes out, a pool of 4 connections whose statements postgres.js prepares, one process.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import Fastify from 'fastify'
import postgres from 'postgres'
import { body, idParams, listQuery, outcome, page, record } from './fastify_schemas.mjs'

const key = process.env.JWT_KEY
const issuer = 'benchmark'
const verify = createVerifier({ key, algorithms: ['HS256'], allowedAud: issuer, allowedIss: issuer, cache: false })
// A Date has milliseconds only, so moments travel as text.
const sql = postgres({ max: 4, idle_timeout: 0, connection: { timezone: 'UTC' }, transform: { undefined: null } })
const clients = new Map((await sql`SELECT name, id FROM api_client WHERE revoked_at IS NULL`).map(row => [row.name, row.id]))

const moment = column => sql`to_char(${sql(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const columns = sql`
  activity.id, type, target_type, target_id, source_domain, ${moment('occurred_at')} AS occurred_at, time_to_live,
  old_data, new_data, identifier, full_name, email, correlation_id, ${moment('recorded_at')} AS recorded_at,
  ${moment('expires_at')} AS expires_at`

const app = Fastify({ bodyLimit: 5 * 1024 * 1024, ajv: { customOptions: { coerceTypes: true } } })

function refuse (statusCode, message) {
  return Object.assign(new Error(message), { statusCode })
}

function caller (request, scope) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  let claims
  try {
    claims = verify(scheme.toLowerCase() === 'bearer' ? token : '')
  } catch {
    throw refuse(401, 'The token is not valid.')
  }
  if (!claims.scope.split(' ').includes(scope)) throw refuse(403, `The token lacks ${scope}.`)
  return claims.sub
}

const mayRead = async request => { request.caller = caller(request, 'activities:read') }
const mayWrite = async request => { request.caller = caller(request, 'activities:write') }

const shown = row => ({
  id: row.id,
  type: row.type,
  targetType: row.target_type,
  targetId: row.target_id,
  sourceDomain: row.source_domain,
  datetime: row.occurred_at,
  timeToLive: row.time_to_live,
  oldData: row.old_data,
  newData: row.new_data,
  author: { id: row.identifier, fullName: row.full_name, email: row.email },
  correlationId: row.correlation_id,
  recordedAt: row.recorded_at,
  expiresAt: row.expires_at
})

const sign = (place, targetId) => createHmac('sha256', key).update(`${place}|${targetId}`).digest('hex')

function makeToken (row, targetId) {
  const place = `${row.occurred_at}|${row.id}`
  return Buffer.from(`${place}|${sign(place, targetId)}`).toString('base64url')
}

function readToken (token, targetId) {
  const [occurredAt, id, signature = ''] = Buffer.from(token, 'base64url').toString().split('|')
  const right = sign(`${occurredAt}|${id}`, targetId)
  if (signature.length !== right.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(right))) {
    throw refuse(400, 'The token is not of this list.')
  }
  return [occurredAt, id]
}

app.get('/api/v1/activities', { onRequest: mayRead, schema: { querystring: listQuery, response: { 200: page } } }, async request => {
  const { targetId, pageSize, paginationToken } = request.query
  const [occurredAt, id] = paginationToken ? readToken(paginationToken, targetId) : []
  const rows = await sql`
    SELECT ${columns} FROM activity JOIN author ON author.id = author_id
    WHERE target_id = ${targetId} AND (expires_at IS NULL OR expires_at > now())
    ${occurredAt ? sql`AND (activity.occurred_at, activity.id) < (${occurredAt}::text::timestamptz, ${id}::uuid)` : sql``}
    ORDER BY activity.occurred_at DESC, activity.id DESC LIMIT ${pageSize + 1}`
  const found = rows.slice(0, pageSize)
  const nextToken = rows.length > pageSize ? makeToken(found.at(-1), targetId) : null
  return { results: found.map(shown), paginationDetails: { nextToken } }
})

app.get('/api/v1/activities/:id', { onRequest: mayRead, schema: { params: idParams, response: { 200: record } } }, async request => {
  const [row] = await sql`
    SELECT ${columns} FROM activity JOIN author ON author.id = author_id
    WHERE activity.id = ${request.params.id} AND (expires_at IS NULL OR expires_at > now())`
  if (!row) throw refuse(404, 'There is no such activity.')
  return shown(row)
})

app.post('/api/v1/activities', { onRequest: mayWrite, schema: { body, response: { '2xx': outcome } } }, async (request, reply) => {
  const activities = Array.isArray(request.body) ? request.body : [request.body]
  const authors = await authorIds(activities.map(one => one.author))
  const clientId = clients.get(request.caller)
  // One statement is a transaction by itself.
  const created = activities.length > 1
    ? await sql.begin(sql => store(sql, activities, authors, clientId))
    : await store(sql, activities, authors, clientId)
  reply.code(created.size ? 201 : 200)
  return {
    created: created.size,
    existing: activities.length - created.size,
    results: activities.map(({ id }) => ({ id, status: created.has(id) ? 'created' : 'existing' }))
  }
})

const authorKey = ({ id = null, fullName, email = null }) => JSON.stringify([id, fullName, email])

async function authorIds (authors) {
  const wanted = [...new Map(authors.map(author => [authorKey(author), author])).values()]
  const given = [wanted.map(one => one.id ?? null), wanted.map(one => one.fullName), wanted.map(one => one.email ?? null)]
  const find = () => sql`
    SELECT author.id, author.identifier, author.full_name, author.email
    FROM unnest(${given[0]}::text[], ${given[1]}::text[], ${given[2]}::text[]) AS given (identifier, full_name, email)
    JOIN author ON author.full_name = given.full_name
      AND author.identifier IS NOT DISTINCT FROM given.identifier AND author.email IS NOT DISTINCT FROM given.email`
  let found = await find()
  if (found.length < wanted.length) {
    await sql`
      INSERT INTO author (identifier, full_name, email)
      SELECT * FROM unnest(${given[0]}::text[], ${given[1]}::text[], ${given[2]}::text[]) ON CONFLICT DO NOTHING`
    found = await find()
  }
  return new Map(found.map(row => [authorKey({ id: row.identifier, fullName: row.full_name, email: row.email }), row.id]))
}

function expiresAt ({ datetime, timeToLive }) {
  const ends = new Date(datetime)
  if (timeToLive) ends.setUTCDate(ends.getUTCDate() + Number(timeToLive.slice(1, -1)))
  else ends.setUTCFullYear(ends.getUTCFullYear() + 7)
  return ends.toISOString()
}

async function store (sql, activities, authors, clientId) {
  const rows = activities.map(one => ({
    id: one.id,
    type: one.type,
    target_type: one.targetType,
    target_id: one.targetId,
    source_domain: one.sourceDomain,
    occurred_at: one.datetime,
    time_to_live: one.timeToLive,
    expires_at: expiresAt(one),
    old_data: one.oldData,
    new_data: one.newData,
    author_id: authors.get(authorKey(one.author)),
    correlation_id: one.correlationId
  })).sort((a, b) => (a.id < b.id ? -1 : 1))
  const given = sql`jsonb_to_recordset(${sql.json(rows)}) AS row (
    id uuid, type text, target_type text, target_id text, source_domain text, occurred_at timestamptz,
    time_to_live text, expires_at timestamptz, old_data jsonb, new_data jsonb, author_id bigint, correlation_id text)`
  const added = await sql`
    INSERT INTO activity (id, type, target_type, target_id, source_domain, occurred_at, time_to_live, expires_at,
      old_data, new_data, author_id, correlation_id, recorded_at, client_id)
    SELECT row.*, now(), ${clientId}::bigint FROM ${given}
    ON CONFLICT DO NOTHING RETURNING id`
  const created = new Set(added.map(row => row.id))
  if (created.size < activities.length) {
    const [{ same }] = await sql`
      SELECT count(*)::int AS same FROM activity AS stored JOIN ${given} ON row.id = stored.id WHERE
        (stored.type, stored.target_type, stored.target_id, stored.occurred_at, stored.author_id)
          = (row.type, row.target_type, row.target_id, row.occurred_at, row.author_id)
        AND (stored.source_domain, stored.time_to_live, stored.old_data, stored.new_data)
          IS NOT DISTINCT FROM (row.source_domain, row.time_to_live, row.old_data, row.new_data)`
    if (same < activities.length) throw refuse(409, 'Stored with other content.')
  }
  return created
}

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
