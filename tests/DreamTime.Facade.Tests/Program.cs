using DreamTime.Testing;

return Runner.run("Facade", Runner.list("Facade", [Runner.@case("runs", () => { })]), args);
