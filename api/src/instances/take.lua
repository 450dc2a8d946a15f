-- Takes a request from a budget, or looks at it: the generic cell rate algorithm of `budgets.rs`, in one step.
--
-- KEYS[1]: the budget. ARGV: now in microseconds since 1970; how long one request takes to come back, how long the
-- whole budget does, and what this request costs (0 for a look), in microseconds.
-- Returns whether there was a request left, and how long the budget takes until it is whole, in microseconds.
local now, interval, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ahead = tonumber(redis.call('GET', KEYS[1]) or '0') - now
-- A clock that was set back must not lock anybody out for longer than an empty budget does.
local owed = math.min(math.max(ahead, 0), window)
local admitted = owed + interval <= window
if admitted then
    owed = owed + cost
end
if 0 < cost and (admitted or window < ahead) then
    redis.call('SET', KEYS[1], string.format('%.0f', now + owed), 'PX', math.ceil(owed / 1000) + 1000)
end
return { admitted and 1 or 0, owed }
