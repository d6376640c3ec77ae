using DreamTime.Facade.Tests;
using DreamTime.Testing;

return Runner.run("Facade", Runner.list("Facade", [ScheduleTests.All, TextTo3DTests.All]), args);
