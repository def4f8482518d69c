using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>A row with a column of every type that ML.NET reads from properties, and of one custom type.</summary>
internal sealed class AllTypes
{
    public sbyte SByte { get; set; }

    public byte Byte { get; set; }

    public short Int16 { get; set; }

    public ushort UInt16 { get; set; }

    public int Int32 { get; set; }

    public uint UInt32 { get; set; }

    public long Int64 { get; set; }

    public ulong UInt64 { get; set; }

    public float Number { get; set; }

    public double Double { get; set; }

    public bool Boolean { get; set; }

    public string Text { get; set; } = "";

    public DateTime Time { get; set; }

    public DateTimeOffset Moment { get; set; }

    public TimeSpan Span { get; set; }

    public DataViewRowId Id { get; set; }

    [PointType]
    public Point Point { get; set; } = new(0, 0);

    public string[] Texts { get; set; } = [];

    public double[] Doubles { get; set; } = [];

    [VectorType(40)]
    public VBuffer<float> Sparse { get; set; }

    public float[] Sequence { get; set; } = [];

    public static AllTypes Of(int i) => new()
    {
        SByte = (sbyte)i,
        Byte = (byte)i,
        Int16 = (short)i,
        UInt16 = (ushort)i,
        Int32 = i,
        UInt32 = (uint)i,
        Int64 = -i,
        UInt64 = ulong.MaxValue - (ulong)i,
        Number = i,
        Double = i / 3.0,
        Boolean = i % 3 == 0,
        Text = $"text {i % 5}",
        Time = DateTime.UnixEpoch.AddDays(i),
        Moment = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(i % 3)).AddDays(i),
        Span = TimeSpan.FromSeconds(i),
        Id = new DataViewRowId((ulong)i, 7),
        Point = new Point(i, -i),
        Texts = [.. Enumerable.Range(0, i % 4).Select(k => $"{i}.{k}")],
        Doubles = [i, i / 7.0],
        Sparse = new VBuffer<float>(40, 1, [i], [i % 40]),
        Sequence = [.. Enumerable.Range(0, 3 + i % 3).Select(k => (float)(i + k))],
    };
}

/// <summary>A value of a custom type, like images.</summary>
internal sealed record Point(int X, int Y);

internal sealed class PointColumn() : StructuredDataViewType(typeof(Point))
{
    public override bool Equals(DataViewType? other) => other is PointColumn;

    public override int GetHashCode() => 17;
}

[AttributeUsage(AttributeTargets.Property)]
internal sealed class PointTypeAttribute : DataViewTypeAttribute
{
    public override void Register() => DataViewTypeManager.Register(new PointColumn(), typeof(Point), this);

    public override bool Equals(DataViewTypeAttribute? other) => other is PointTypeAttribute;

    public override int GetHashCode() => 17;
}
