-- Changes one of `customers` customers, from number `first` on, through a contract, each time to another value and under
-- an idempotency key of its own: a random one, or each in turn. Arguments: first, customers, a text that no other run
-- has, `random` or `each`, method, path, body, the header of the key, then name and value of each other header.
dofile('scripts/result.lua')

function init(args)
  first, customers, run = tonumber(args[1]), tonumber(args[2]), args[3]
  each = args[4] == 'each'
  local headers = ''
  for index = 9, #args, 2 do
    headers = headers .. args[index] .. ': ' .. args[index + 1]:gsub('%%', '%%%%') .. '\r\n'
  end
  path, body = args[6], args[7]
  head = args[5] .. ' %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' .. headers ..
    args[8] .. ': %s\r\nContent-Length: %d\r\n\r\n%s'
  count = 0
  math.randomseed(os.time())
end

function request()
  count = count + 1
  local text = string.format('%s-%07d', run, count)
  local content = string.format(body, text)
  local number = first + (each and (count - 1) % customers or math.random(customers) - 1)
  return string.format(head, string.format(path, number), text, #content, content)
end
