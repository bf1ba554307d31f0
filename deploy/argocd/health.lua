-- Health of an OAuthApplication or an OAuthRegistry. Argo CD gives it the object as `obj`; a resource that is being deleted
-- it calls Progressing by itself, in most versions without asking here.
local generation = obj.metadata.generation
local status = obj.status or {}
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is(type, value)
  return conditions[type] ~= nil and conditions[type].status == value
end

-- Whether a condition is about this generation: of a suspended resource, and of one that cannot go, only it is.
local function speaks(condition)
  return condition ~= nil and condition.observedGeneration == generation
end

local function health(name, condition)
  return { status = name, message = condition and condition.message or "Waiting for ramify" }
end

local ready = conditions.Ready
if is("Suspended", "True") and speaks(conditions.Suspended) then
  return health("Suspended", conditions.Suspended)
elseif is("Ready", "False") and speaks(ready) and ready.reason == "DeletionBlocked" then
  return health("Degraded", ready)
elseif status.observedGeneration ~= generation then
  -- Before the first pass it is -1.
  return health("Progressing")
elseif is("Stalled", "True") then
  return health("Degraded", conditions.Stalled)
elseif is("Reconciling", "True") or obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", ready)
elseif is("Ready", "True") then
  return health("Healthy", ready)
elseif is("Ready", "False") then
  return health("Degraded", ready)
end
return health("Progressing", ready)
