using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace MLNet.Sequence.Training;

/// <summary>The report of a run, and its length as planned.</summary>
internal static class TrainingSummary
{
    public static TrainingReport Make(TrainingState state, TrainingJob job, TrainingOptions options,
        (string Device, string Threads, string Stopped, long FirstOrder) run) => new()
        {
            Epochs = [.. state.Epochs],
            LossName = job.Objective.LossName,
            BestEpoch = state.BestEpoch,
            StoppedBecause = run.Stopped,
            Seed = state.Seed,
            Device = run.Device,
            Threads = run.Threads,
            TrainingExamples = job.Training.Count,
            ValidationExamples = job.Validation?.Count ?? 0,
            PaddedPart = job.Training.PaddedPart(options.BatchSize, run.FirstOrder),
            Seconds = state.Seconds,
            Options = Describe(options),
            Versions = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                [".NET"] = RuntimeInformation.FrameworkDescription,
                ["MLNet.Sequence"] = VersionOf(typeof(TrainingSummary)),
                ["System"] = RuntimeInformation.RuntimeIdentifier,
                ["TorchSharp"] = VersionOf(typeof(torch)),
            },
        };

    /// <summary>Every option with a value, by name; records as their own text.</summary>
    private static JsonElement Describe(TrainingOptions options)
    {
        var json = new JsonObject();
        foreach (PropertyInfo property in typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            object? value = property.GetValue(options);
            if (value is null or CancellationToken or IProgress<TrainingProgress> or SequenceModel or TimeProvider or TrainingCluster)
                continue;
            json[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] =
                value is int or long or float or double or bool ? JsonSerializer.SerializeToNode(value, value.GetType()) : JsonValue.Create(value.ToString());
        }

        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>The number of steps of a complete training. With chunks, the number differs from epoch to epoch.</summary>
    /// <param name="job">The batches.</param>
    /// <param name="options">How to train.</param>
    /// <param name="order">The seed of an epoch's order.</param>
    public static long CountSteps(TrainingJob job, TrainingOptions options, Func<long, long> order)
    {
        long total = 0, most = options.MaxSteps ?? long.MaxValue;
        for (int epoch = 1; epoch <= options.UsedEpochs && total < most; epoch++)
            total += (job.Training.CountBatches(options.BatchSize, order(epoch)) + options.AccumulationSteps - 1) / options.AccumulationSteps;
        return Math.Min(total, most);
    }

    /// <summary>What a schedule with an end depends on; null without an end.</summary>
    public static string? Plan(TrainingOptions options) => !options.Schedule.HasEnd
        ? null
        : FormattableString.Invariant($"{options.UsedEpochs} epochs")
            + (options.MaxSteps is { } steps ? FormattableString.Invariant($" and at most {steps} steps") : "");

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? type.Assembly.GetName().Version!.ToString();
}
