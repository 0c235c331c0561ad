-- Ends every wrk script: one line of JSON. wrk counts answers of 400 and above as errors.status by itself; a
-- response() function would make it build a table of headers for each answer.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50Ms":%.3f,"p99Ms":%.3f,"meanMs":%.3f,' ..
      '"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.mean / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
