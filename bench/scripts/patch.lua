-- Changes one member of a random one of the first `customers` customers, each time to another value, under an
-- idempotency key of its own. Arguments: API key, customers, a text that no other run has.
dofile('scripts/result.lua')

function init(args)
  secret, customers, run = args[1], tonumber(args[2]), args[3]
  count = 0
  math.randomseed(os.time())
end

function request()
  count = count + 1
  local body = string.format('{"note":"Called about %s-%07d"}', run, count)
  -- By hand, since wrk.format sorts and joins the headers anew for every request.
  return string.format(
    'PATCH /v1/customers/01980000-0000-7000-8000-%012x HTTP/1.1\r\nHost: localhost\r\n' ..
      'Authorization: Bearer %s\r\nContent-Type: application/merge-patch+json\r\n' ..
      'Idempotency-Key: %s-%07d\r\nContent-Length: %d\r\n\r\n%s',
    math.random(customers), secret, run, count, #body, body
  )
end
