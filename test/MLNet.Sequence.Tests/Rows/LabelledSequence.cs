using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>A row that holds a sequence: one of three shapes with noise, in different lengths.</summary>
internal sealed class LabelledSequence
{
    private static readonly string[] Shapes = ["bump", "ramp", "wave"];

    public string Label { get; set; } = "";

    public bool Yes { get; set; }

    public float Number { get; set; }

    public float Weight { get; set; } = 1;

    public float[] Features { get; set; } = [];

    /// <summary>Rows of variable length, each shape equally often.</summary>
    public static LabelledSequence[] Make(int rows, int seed = 1, int features = 1, int shapes = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(row => One(row % shapes, random.Next(8, 25), features, random))];
    }

    public static IDataView View(MLContext ml, IEnumerable<LabelledSequence> rows) => ml.Data.LoadFromEnumerable(rows);

    /// <summary>The column as vectors of the same size, with the given dimensions.</summary>
    public static IDataView View(MLContext ml, IEnumerable<LabelledSequence> rows, params int[] dimensions)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(LabelledSequence));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimensions);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    private static LabelledSequence One(int shape, int length, int features, Random random)
    {
        var values = new float[length * features];
        for (int i = 0; i < values.Length; i++)
            values[i] = 10 + (5 * Value(shape, (double)(i / features) / (length - 1)) + (float)random.NextDouble()) * (1 + i % features);
        return new LabelledSequence { Label = Shapes[shape], Yes = shape == 0, Number = 100 * values.Average(), Features = values };
    }

    private static float Value(int shape, double time) => (float)(shape switch
    {
        0 => Math.Exp(-50 * (time - 0.5) * (time - 0.5)),
        1 => time,
        _ => Math.Sin(12 * time),
    });
}

/// <summary>The output of a multiclass model for a row.</summary>
internal sealed class ClassPrediction
{
    public string Text { get; set; } = "";

    public float[] Score { get; set; } = [];
}

/// <summary>The output of a binary model for a row.</summary>
internal sealed class BinaryPrediction
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }

    public float Probability { get; set; }
}

/// <summary>The output of a regression for a row.</summary>
internal sealed class NumberPrediction
{
    public float Score { get; set; }
}
