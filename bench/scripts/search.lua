-- Asks for lists of customers, each time a random one of those whose queries stand in a file, one a line. Arguments:
-- API key, file.
dofile('scripts/result.lua')

function init(args)
  secret, queries = args[1], {}
  for line in io.lines(args[2]) do queries[#queries + 1] = line end
  math.randomseed(os.time())
end

function request()
  return string.format(
    'GET /v1/customers?%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n',
    queries[math.random(#queries)], secret
  )
end
