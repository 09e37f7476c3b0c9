import { z } from 'zod'
import { problems } from '../problem.js'
import type { Route } from './routes.js'
import { problemAnswer } from './schemas.js'

/** The OpenAPI 3.1 document of the routes, whose schemas are JSON Schema 2020-12. */
export function openApiDocument(routes: readonly Route[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) (paths[`/api${route.path}`] ??= {})[route.method] = operation(route)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cista ballot server',
      version: '1',
      description:
        'The record itself is a tree of static files below /elections/{election}/ (C2SP tlog-tiles), with each payload also at payload/{sha256}. ' +
        '/api/elections/{election}/live is a WebSocket (RFC 6455) for pages of any origin: on connection, and after each published checkpoint at most once a second, the server sends ' +
        '`{"ballots":n,"size":n,"stage":"open","closes":"…"}`, with the meanings of /api/elections/{election}, which can be asked instead. Clients send nothing: whoever does is cut off with 1008. ' +
        'The server ends with 1001; 503 is answered where too many watch.',
    },
    paths,
    components: {
      responses: {
        Problem: {
          description: Object.entries(problems)
            .map(([name, { status, title }]) => `${status} \`urn:cista:problem:${name}\` ${title}`)
            .join('\n\n'),
          content: { 'application/problem+json': { schema: jsonSchema(problemAnswer) } },
        },
      },
    },
  }
}

function operation({ summary, parameters, query, body, answers }: Route) {
  return {
    summary,
    parameters: [...parametersOf(parameters, 'path'), ...parametersOf(query, 'query')],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          {
            description: status === '201' ? 'Done now' : body ? 'Done before' : 'Found',
            content: { 'application/json': { schema: jsonSchema(schema) } },
          },
        ]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const parametersOf = (schema: z.ZodObject, where: 'path' | 'query') =>
  Object.entries(schema.shape).map(([name, type]) => {
    const { description, ...rest } = jsonSchema(type as z.ZodType)
    return { name, in: where, required: true, description, schema: rest }
  })

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12' })
  return rest
}
