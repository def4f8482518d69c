using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Series that are read step by step, side by side and in chunks: input [B, T, C] and, as target, what follows each step,
/// [B, T, horizon · targets], both standardised. The target is NaN where no forecast is asked for: before the origins of the windows and in
/// padding. A batch weighs the forecasts that it asks for.
/// </summary>
/// <param name="windows">The origins of the forecasts that count.</param>
/// <param name="task">The task.</param>
/// <param name="scaling">Of the series in training.</param>
internal sealed class StreamBatches(Windows windows, Forecasting task, SeriesScaling scaling) : IBatchSource
{
    /// <summary>Chunks of so many steps cost little more than a step each, and not much memory.</summary>
    public const int LongChunk = 256;

    // A part of a series that is hardly longer than what it starts with, or than the gradient reaches, teaches no more than a window.
    private const int LeastContexts = 16, LeastChunks = 4;

    private readonly IReadOnlyList<string> _channels = task.Channels;
    private readonly int _targets = task.TargetChannels.Count;

    /// <summary>Forecasts of a chunk.</summary>
    public required int ChunkSteps { get; init; }

    /// <summary>
    /// How many parts the series are cut into together, where they are long enough, to be read side by side: each begins a context before its
    /// first forecast. 0, the default: every series is read from its first step on.
    /// </summary>
    public int Streams { get; init; }

    /// <inheritdoc cref="WindowBatches.LeftOut"/>
    public IReadOnlyList<int> LeftOut { get; init; } = [];

    public long Count => Parts.Length;

    public IReadOnlyList<string> Channels => _channels;

    public double Weight => Parts.Sum(part => (double)part.Forecasts);

    public bool CarriesState => true;

    // What is set once is read when they are first needed.
    private Part[] Parts => field ??= [.. windows.Ranges.SelectMany(Cut)];

    private SequenceOrder InOrder => field ??= new SequenceOrder(Count, example => Parts[example].Steps)
    {
        ChunkSteps = ChunkSteps,
        Lead = Streams == 0 ? 0 : task.Context - 1,
    };

    public double FullWeight(int batchSize) => InOrder.FullWeight(batchSize, Weight);

    public long CountBatches(int batchSize, long? seed) => InOrder.CountBatches(batchSize, seed);

    public IEnumerable<long[]> Order(int batchSize, long? seed) => InOrder.Batches(batchSize, seed);

    public double? PaddedPart(int batchSize, long? seed) => InOrder.PaddedPart(batchSize, seed);

    public void AddTo(IncrementalHash hash)
    {
        hash.AppendData(BitConverter.GetBytes(Count));
        windows.AddTo(hash);
    }

    public Batch Load(ReadOnlySpan<long> examples, Device device)
    {
        var places = new (Part Part, long First, int Steps)[examples.Length];
        for (int i = 0; i < places.Length; i++)
        {
            (long number, int first, int length) = InOrder.Place(examples[i]);
            places[i] = (Parts[number], Parts[number].First + first, length);
        }

        int steps = places.Max(place => place.Steps), width = _channels.Count, future = task.Horizon * _targets;
        Tensor input = zeros(places.Length, steps, width), target = HeldNumbers.Full([places.Length, steps, future], float.NaN, ScalarType.Float32, CPU);
        // The tensors' own memory is filled: nothing is copied twice.
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes), targets = MemoryMarshal.Cast<byte, float>(target.bytes);
        double forecasts = 0;
        for (int i = 0; i < places.Length; i++)
            forecasts += Fill(places[i], inputs.Slice(i * steps * width, places[i].Steps * width), targets.Slice(i * steps * future, places[i].Steps * future));
        return new Batch(input.to(device), target.to(device), forecasts)
        {
            Lengths = places.All(place => place.Steps == steps) ? null : tensor(Array.ConvertAll(places, place => (long)place.Steps)).to(device),
            HasGaps = true,
            Continues = InOrder.Continues(examples),
            Examples = forecasts,
        };
    }

    // Returns the forecasts that are asked for.
    private int Fill((Part Part, long First, int Steps) place, Span<float> input, Span<float> target)
    {
        ((Series series, _, long origin, _, ChannelScaling own), long first, int steps) = place;
        if (steps == 0)
            return 0;
        int width = _channels.Count, asked = 0;
        var values = new double[Math.Min(steps + task.Horizon, series.Length - first) * width];
        series.Rows.CopyTo(first, values);
        var seen = new float[values.Length];
        own.Apply(values, seen);
        seen.AsSpan(0, input.Length).CopyTo(input);
        for (int step = (int)Math.Max(0, origin - first); step < steps; step++, asked++)
        {
            for (int ahead = 0; ahead < task.Horizon; ahead++)
            {
                Span<float> there = target.Slice((step * task.Horizon + ahead) * _targets, _targets);
                seen.AsSpan((step + 1 + ahead) * width, _targets).CopyTo(there);
                foreach (int leftOut in LeftOut)
                    there[leftOut] = float.NaN;
            }
        }

        return asked;
    }

    private IEnumerable<Part> Cut((Series Series, long First, long Last) range)
    {
        long count = range.Last - range.First + 1, most = Math.Max(1, Streams / windows.SeriesCount);
        long parts = Math.Clamp(count / Math.Max((long)LeastContexts * task.Context, (long)LeastChunks * ChunkSteps), 1, most);
        ChannelScaling own = task.ScalingOf(scaling, range.Series);
        for (long i = 0; i < parts; i++)
        {
            long origin = range.First + i * count / parts, last = range.First + (i + 1) * count / parts - 1;
            yield return new Part(range.Series, Streams == 0 ? 0 : origin + 1 - task.Context, origin, last, own);
        }
    }

    // Read from a step on; forecasts are asked for at each step from the first to the last origin.
    private sealed record Part(Series Series, long First, long Origin, long Last, ChannelScaling Scaling)
    {
        public int Steps => (int)(Last - First + 1);

        public long Forecasts => Last - Origin + 1;
    }
}
