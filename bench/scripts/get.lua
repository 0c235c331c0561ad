-- Reads a random customer by id. Arguments: API key, customers.
dofile('scripts/result.lua')

function init(args)
  secret, customers = args[1], tonumber(args[2])
  math.randomseed(os.time())
end

function request()
  return string.format(
    'GET /v1/customers/01980000-0000-7000-8000-%012x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n',
    math.random(customers), secret
  )
end
