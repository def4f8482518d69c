using System.Text.Json;

namespace MLNet.Sequence.Comparison;

/// <summary>A report as JSON, all numbers in full precision.</summary>
internal static class RecurrenceJson
{
    private const double Tolerance = 1e-3;

    public static void Write(Utf8JsonWriter json, RecurrenceReport report)
    {
        json.WriteString("metric", report.Metric);
        json.WriteNumber("examples", report.Examples);
        json.WriteNumber("rounds", report.Rounds);
        json.WriteStartArray("remarks");
        foreach (string remark in report.Remarks)
            json.WriteStringValue(remark);
        json.WriteEndArray();
        json.WriteStartArray("results");
        foreach (ComparedModel model in report.Models)
            Write(json, model);
        json.WriteEndArray();
        json.WriteStartArray("leftOut");
        foreach (string name in report.LeftOut)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartArray("stopped");
        foreach (StoppedModel model in report.Stopped)
            Write(json, model);
        json.WriteEndArray();
        json.WriteStartObject("references");
        foreach (ComparedReference reference in report.References)
            Write(json, reference);
        json.WriteEndObject();
        json.WriteStartObject("baselines");
        foreach (string name in report.Terms.Baselines)
            Write(json, Property(name), report.Baselines.FirstOrDefault(baseline => baseline.Name == name));
        json.WriteEndObject();
        json.WriteStartObject("comparisons");
        Write(json, "feedForwardAgainstRecurrent", report.FeedForwardAgainstRecurrent);
        Write(json, "stableAgainstUnconstrained", report.StableAgainstUnconstrained);
        Write(json, report.MemoryShortfall);
        json.WriteEndObject();
        Write(json, report.DataMemory);
        Write(json, report.CarriesState);
        json.WriteStartObject("recommendation");
        json.WriteString("architecture", report.Recommendation.Architecture);
        json.WriteBoolean("needsRecurrence", report.Recommendation.NeedsRecurrence);
        json.WriteString("because", report.Recommendation.Because);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ComparedModel model)
    {
        TrainingReport report = model.Model.Report;
        json.WriteStartObject();
        json.WriteString("architecture", model.Name);
        json.WriteNumber("parameters", model.Model.ParameterCount);
        json.WriteNumber("epochs", report.Epochs.Count(epoch => epoch.Epoch > 0));
        Write(json, "learningRate", model.LearningRate > 0 ? model.LearningRate : double.NaN);
        json.WriteBoolean("stillLearns", model.StillLearns);
        json.WriteString("normalization", model.Model.Task.Series?.Normalization is { } kind ? JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()) : null);
        Write(json, "secondsPerEpoch", report.Epochs.Select(epoch => epoch.Seconds).DefaultIfEmpty(double.NaN).Average());
        json.WriteStartObject("metrics");
        Write(json, model.Metrics);
        json.WriteEndObject();
        MemoryCertificate certificate = model.Certificate;
        json.WriteStartObject("certificate");
        json.WriteBoolean("certified", certificate.IsCertified);
        Write(json, "lambda", certificate.Lambda ?? double.NaN);
        json.WriteString("norm", certificate.Norm);
        Write(json, "receptiveField", certificate.ReceptiveField ?? double.NaN);
        Write(json, "stepsFor1e3", certificate.StepsFor(Tolerance) ?? double.NaN);
        json.WriteEndObject();
        json.WriteStartObject("memory");
        Write(json, "stepsFor1Percent", model.Memory?.Steps ?? double.NaN);
        Write(json, "excessEntropyNats", model.Memory?.ExcessEntropy?.Nats ?? double.NaN);
        Write(json, "lyapunov", model.Memory?.LyapunovExponent ?? double.NaN);
        json.WriteEndObject();
        Write(json, "stepMicroseconds", model.StepMicroseconds);
        json.WriteStartObject("error");
        Write(json, "mean", model.Error);
        Write(json, "low", model.ErrorLow);
        Write(json, "high", model.ErrorHigh);
        if (model.PooledError is { } pooled)
            Write(json, "pooled", pooled);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, PairedDifference? compared) => Write(json, name, compared, difference =>
    {
        json.WriteString("first", difference.First);
        json.WriteString("second", difference.Second);
        Write(json, "relative", difference.Relative);
        Write(json, "low", difference.Low);
        Write(json, "high", difference.High);
        json.WriteString("verdict", JsonNamingPolicy.CamelCase.ConvertName(difference.Verdict.ToString()));
    });

    private static void Write(Utf8JsonWriter json, MemoryShortfall? found) => Write(json, "memoryShortfall", found, shortfall =>
    {
        json.WriteString("stable", shortfall.Stable);
        json.WriteString("better", shortfall.Better);
        json.WriteNumber("stepsKept", shortfall.StepsKept);
        Write(json, "tolerance", shortfall.Tolerance);
        json.WriteNumber("stepsNeeded", shortfall.StepsNeeded);
    });

    private static void Write(Utf8JsonWriter json, StoppedModel model)
    {
        json.WriteStartObject();
        json.WriteString("architecture", model.Name);
        json.WriteString("leader", model.Leader);
        json.WriteNumber("epochs", model.Epochs);
        json.WriteNumber("planned", model.Planned);
        Write(json, "behind", model.Behind);
        Write(json, "atBest", model.AtBest);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ComparedReference reference)
    {
        json.WriteStartObject(reference.Name);
        Write(json, "error", reference.Error);
        Write(json, "low", reference.ErrorLow);
        Write(json, "high", reference.ErrorHigh);
        Write(json, "memory", reference.Memory ?? double.NaN);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DataMemory? measured) => Write(json, "dataMemory", measured, memory =>
    {
        json.WriteNumber("steps", memory.Steps);
        json.WriteBoolean("atLeast", memory.AtLeast);
        json.WriteStartArray("interval");
        json.WriteNumberValue(memory.StepsLow);
        json.WriteNumberValue(memory.StepsHigh);
        json.WriteEndArray();
        json.WriteStartArray("ladder");
        foreach (MemoryRung rung in memory.Ladder)
        {
            json.WriteStartObject();
            json.WriteNumber("steps", rung.Steps);
            json.WriteString("model", rung.Model);
            Write(json, "error", rung.Error);
            Write(json, "low", rung.ErrorLow);
            Write(json, "high", rung.ErrorHigh);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, CarriedRecurrence? measured) => Write(json, "carriesState", measured, carried =>
    {
        json.WriteString("architecture", carried.Architecture);
        Write(json, "error", carried.Error);
        Write(json, "low", carried.ErrorLow);
        Write(json, "high", carried.ErrorHigh);
        Write(json, "againstWindows", carried.AgainstWindows);
        json.WriteBoolean("stillLearns", carried.StillLearns);
        json.WriteBoolean("needed", carried.IsNeeded);
    });

    private static void Write(Utf8JsonWriter json, string name, ComparedBaseline? measured) => Write(json, name, measured, baseline =>
    {
        Write(json, baseline.Metrics);
        Write(json, "error", baseline.Error);
        if (baseline.PooledError is { } pooled)
            Write(json, "errorPooled", pooled);
    });

    // An object, or null if there is none.
    private static void Write<T>(Utf8JsonWriter json, string name, T? value, Action<T> write)
        where T : class
    {
        if (value is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        write(value);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, double> metrics)
    {
        foreach ((string name, double value) in metrics)
            Write(json, name, value);
    }

    // "seasonal naive" as seasonalNaive.
    private static string Property(string name) =>
        string.Concat(name.Split(' ').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    // JSON has no NaN: an undefined metric is null.
    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
