using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Training steps and scoring of an LSTM, one of two layers with dropout, a TCN and a transformer on a device, one JSON object per line.
/// bench/gpu/reference.py measures the same networks in PyTorch. TF32 is off.
/// </summary>
internal static class DeviceSteps
{
    private const int WarmUp = 5;

    public static int Run(string deviceName, string workloads, string size)
    {
        JsonElement work = JsonDocument.Parse(File.ReadAllText(workloads)).RootElement.GetProperty(size);
        Device device = TorchDevice.Resolve(deviceName == "cuda" ? 0 : null, fallbackToCpu: false, out _);
        foreach (string warning in TorchRuntime.Warnings)
            Console.WriteLine(warning);
        backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = false;
        using TorchThreads threads = TorchThreads.Use(1);
        MeasureMasks(work, device);
        int[] tcn = Numbers(work, "tcn"), transformer = Numbers(work, "transformer");
        var lstm = new Lstm { HiddenSize = Number(work, "lstm") };
        Measure(lstm, work, device);
        Measure(lstm with { Layers = 2, Dropout = 0.2 }, work, device, name: "lstm-dropout");
        Measure(new Tcn { Levels = tcn[0], Channels = tcn[1] }, work, device);
        Measure(new Transformer { Channels = transformer[0], Layers = transformer[1], Heads = transformer[2] }, work, device);
        return 0;
    }

    private static void Measure(Architecture architecture, JsonElement work, Device device, string? name = null)
    {
        int batch = Number(work, "batch"), steps = Number(work, "steps"), inputs = Number(work, "inputs"), outputs = Number(work, "outputs");
        var tree = new Sequential(architecture.Build(steps), new LastStep(), new Dense(outputs));
        using var network = new TorchNetwork(tree, inputs, device, Initializer.Draw(tree.AllWeights(inputs), new RandomStream(1)));
        using var step = new GivenStep(network, new ForecastingObjective(), new TrainingOptions());
        using var scope = NewDisposeScope();
        float[] host = Draw(batch * steps * inputs, 2);
        var examples = new Batch(
            tensor(host, [batch, steps, inputs]).clone().to(device), tensor(Draw(batch * outputs, 3), [batch, outputs]).clone().to(device), batch);
        var losses = new List<double>();
        double train = Median(Number(work, "rounds"), device, () =>
        {
            using var inner = NewDisposeScope();
            losses.Add(step.Accumulate(examples, 1, maskSeed: losses.Count));
            step.Advance(1e-3);
        });
        double score = Median(Number(work, "rounds"), device, () => network.Score(host, batch));
        string speeds = FormattableString.Invariant($"\"train_ms\": {train:F3}, \"score_ms\": {score:F3}");
        string ends = FormattableString.Invariant($"\"first_loss\": {losses[0]:G5}, \"last_loss\": {losses[^1]:G5}");
        Console.WriteLine($$"""{"model": "{{name ?? architecture.Name}}", "weights": {{tree.ParameterCount(inputs)}}, {{speeds}}, {{ends}}}""");
    }

    // Compares masks that are functions of seed and position with libtorch's own dropout, which draws from a generator.
    private static void MeasureMasks(JsonElement work, Device device)
    {
        using var scope = NewDisposeScope();
        long values = Number(work, "mask");
        Tensor like = ones(values, device: device);
        double Time(Action draw) => Median(Number(work, "rounds"), device, () =>
        {
            using var inner = NewDisposeScope();
            draw();
        });
        double own = Time(() => new DropoutMasks(1).Next([values], 0.2, like)), native = Time(() => nn.functional.dropout(like, 0.2, training: true));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a dropout mask of {values} values: {own:F3} ms, {1e6 * own / values:F3} ns a value; "
            + $"libtorch's dropout {native:F3} ms, {1e6 * native / values:F3} ns"));
    }

    private static double Median(int rounds, Device device, Action run)
    {
        var times = new double[rounds];
        for (int round = -WarmUp; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            if (device.type == DeviceType.CUDA)
                cuda.synchronize(device);
            if (round >= 0)
                times[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[rounds / 2];
    }

    private static float[] Draw(int count, long seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
    }

    private static int Number(JsonElement work, string name) => work.GetProperty(name).GetInt32();

    private static int[] Numbers(JsonElement work, string name) => [.. work.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
}
