using DreamTime.Schedules;
using DreamTime.Testing;
using Expecto;

namespace DreamTime.Facade.Tests;

internal static class ScheduleTests
{
    private static readonly int[] TenStepsOfDreamTime = [720, 664, 623, 588, 556, 524, 489, 449, 394, 1];

    public static Test All { get; } = Runner.list("schedules", [
        Runner.@case("Parse_of_the_papers_weight_compiles_to_its_timesteps", () =>
        {
            var schedule = ScheduleExpression.Parse("snr * gaussian 500 125").Compile(NoiseSchedule.StableDiffusion);
            Check.Sequence(TenStepsOfDreamTime, Enumerable.Range(1, 10).Select(step => schedule.TimestepAt(step, 10)), "timesteps");
            Check.True(schedule.IsDeterministic, "a descending schedule draws nothing");
        }),
        Runner.@case("Operators_and_words_build_what_the_text_says", () =>
        {
            var built = ScheduleExpression.Descend(Weights.Snr * Weights.Gaussian(500, 125));
            Check.Equal(ScheduleExpression.Parse("snr * gaussian 500 125"), built, "expression");
        }),
        Runner.@case("Parse_of_a_misspelt_word_names_place_and_remedy", () =>
        {
            var mistake = Check.Throws<ScheduleParseException>(() => ScheduleExpression.Parse("snr * gausian 500 125"), "misspelt");
            Check.Equal(1, mistake.Line, "line");
            Check.Equal(7, mistake.Column, "column");
            Check.Equal("gaussian", mistake.Suggestion, "suggestion");
        }),
        Runner.@case("Compile_of_a_weight_without_mass_is_an_argument_error", () =>
            Check.Throws<ScheduleException>(() => ScheduleExpression.Parse("constant 0").Compile(NoiseSchedule.StableDiffusion), "no mass")),
        Runner.@case("Random_schedules_are_pure_functions_of_seed_step_and_sample", () =>
        {
            var schedule = SchedulePresets.Find("sds").Expression.Compile(NoiseSchedule.StableDiffusion);
            Check.Equal(schedule.TimestepAt(7, 100, 42, 3), schedule.TimestepAt(7, 100, 42, 3), "the same draw");
            Check.True(Enumerable.Range(1, 100).All(step => schedule.TimestepAt(step, 100, 42, 0) is >= 21 and <= 981), "within 21..981");
            Check.True(Enumerable.Range(1, 100).Select(step => schedule.TimestepAt(step, 100, 42, 0)).Distinct().Count() > 50, "draws differ");
        }),
    ]);
}
