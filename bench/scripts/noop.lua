-- Asks the route that does nothing, with the same headers as get.lua. Arguments: API key, path.
dofile('scripts/result.lua')

function init(args)
  text = string.format(
    'GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n', args[2], args[1])
end

function request()
  return text
end
