using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Series that are read step by step, in parallel and in chunks: input [B, T, C] and, as target, the values after each step, [B, T, horizon
/// · targets], both standardised. The target is NaN where no forecast is needed: before the origins of the windows and in padding. The
/// weight of a batch is its number of forecasts.
/// </summary>
/// <param name="windows">The origins of the forecasts that count.</param>
/// <param name="task">The task.</param>
/// <param name="scaling">The scaling of the training series.</param>
internal sealed class StreamBatches(Windows windows, Forecasting task, SeriesScaling scaling) : IBatchSource
{
    /// <summary>With chunks of this many steps, the overhead per chunk is small, and so is the memory.</summary>
    public const int LongChunk = 256;

    // A part of a series that is hardly longer than its lead or than a chunk is no better than a window.
    private const int LeastContexts = 16, LeastChunks = 4;

    private readonly IReadOnlyList<string> _channels = task.Channels;
    private readonly int _targets = task.TargetChannels.Count;
    private readonly bool _hasUnits = task.Decoded is DistributionDecoding { IsOfCounts: true };

    /// <summary>Forecasts per chunk.</summary>
    public required int ChunkSteps { get; init; }

    /// <summary>
    /// Total number of parts of all series that are read in parallel, if the series are long enough. Each part begins a context before its
    /// first forecast. 0, the default: every series is read from its first step on.
    /// </summary>
    public int Streams { get; init; }

    /// <inheritdoc cref="WindowBatches.LeftOut"/>
    public IReadOnlyList<int> LeftOut { get; init; } = [];

    /// <inheritdoc cref="WindowBatches.Errors"/>
    public SeasonalUnits? Errors { get; init; }

    public long Count => Parts.Length;

    public IReadOnlyList<string> Channels => _channels;

    public double Weight => Parts.Sum(part => (double)part.Forecasts);

    public bool CarriesState => true;

    // Created on first use, after the properties are set.
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
        // Writes directly to the tensors' memory, without a second copy.
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
            Units = _hasUnits ? Units(places).to(device) : null,
            ErrorUnits = Errors is not { } errors ? null
                : tensor(places.SelectMany(place => errors.Of(place.Part.Series.Key, place.Part.Scaling)).ToArray()).view(places.Length, _targets).to(device),
        };
    }

    // [B, 2, targets]
    private Tensor Units((Part Part, long First, int Steps)[] places) => tensor(places.SelectMany(place =>
        place.Part.Scaling.Mean.Take(_targets).Concat(place.Part.Scaling.Deviation.Take(_targets)).Select(value => (float)value)).ToArray())
        .view(places.Length, 2, _targets);

    // Returns the number of forecasts.
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

    // Read from a first step; with forecasts at each step from the first to the last origin.
    private sealed record Part(Series Series, long First, long Origin, long Last, ChannelScaling Scaling)
    {
        public int Steps => (int)(Last - First + 1);

        public long Forecasts => Last - Origin + 1;
    }
}
