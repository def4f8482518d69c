using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MLNet.Sequence.Hosting;

/// <summary>A view over arrays, column by column.</summary>
internal sealed class TableView(IHostEnvironment environment)
{
    private readonly ArrayDataViewBuilder _columns = new(environment);

    /// <summary>Adds a column of numbers or times.</summary>
    public TableView Add<T>(string name, PrimitiveDataViewType type, IEnumerable<T> values)
    {
        _columns.AddColumn(name, type, values.ToArray());
        return this;
    }

    /// <summary>Adds a column of text.</summary>
    public TableView Add(string name, IEnumerable<string> values) => Add(name, TextDataViewType.Instance, values.Select(value => value.AsMemory()));

    public IDataView Build() => _columns.GetDataView();
}
