-- wrk's script: each request is the next line of a file, begun at a random one.
-- Arguments: GET or POST, the path of a POST, the file. In a body, each id of zeros becomes a new random one.
local PLACEHOLDER = "00000000%-0000%-0000%-0000%-000000000000"
local method, path, lines, position = nil, nil, {}, 0

function init(arguments)
  method, path = arguments[1], arguments[2]
  wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCHMARK_TOKEN")
  wrk.headers["Content-Type"] = "application/json"
  for line in io.lines(arguments[3]) do
    lines[#lines + 1] = method == "GET" and wrk.format("GET", line) or line
  end
  math.randomseed(tonumber(os.getenv("BENCHMARK_SEED")))
  position = math.random(#lines)
end

local function new_id()
  return string.format("%08x-%04x-4%03x-8%03x-%04x%08x", math.random(0, 0xffffffff), math.random(0, 0xffff),
    math.random(0, 0xfff), math.random(0, 0xfff), math.random(0, 0xffff), math.random(0, 0xffffffff))
end

function request()
  position = position % #lines + 1
  if method == "GET" then
    return lines[position]
  end
  return wrk.format("POST", path, nil, (lines[position]:gsub(PLACEHOLDER, new_id)))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %f, "errors": %d, "p50_ms": %f, "p95_ms": %f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end
